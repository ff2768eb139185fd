import Jobs
import JobsTestSupport
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Merging lane")
struct MergingLaneTests {
    @Test("a lone call goes at once and alone")
    func alone() async throws {
        let batches = Mutex<[[Int]]>([])
        let lane = MergingLane<Int, Int> { arguments in
            batches.withLock { $0.append(arguments) }
            return arguments.map { .success($0 * 10) }
        }

        for number in 1...3 { #expect(try await lane.call(number) == number * 10) }

        #expect(batches.withLock { $0 } == [[1], [2], [3]])
    }

    @Test("what comes while a batch is under way goes together, in order, each with its result")
    func gathering() async throws {
        let gate = Gate()
        let batches = Mutex<[[Int]]>([])
        let lane = MergingLane<Int, Int> { arguments in
            batches.withLock { $0.append(arguments) }
            if arguments == [0] { await gate.wait() }
            return arguments.map { .success($0 * 10) }
        }

        let results = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<6 {
                group.addTask { try await lane.call(number) }
                try await eventually { number == 0 ? gate.isReached : lane.waitingCount == number }
            }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(results.sorted() == [0, 10, 20, 30, 40, 50])
        #expect(batches.withLock { $0 } == [[0], [1, 2, 3, 4, 5]])
    }

    @Test("one call's error is its own, a batch's error is everybody's")
    func errors() async throws {
        let gate = Gate()
        let lane = MergingLane<Int, Int> { arguments in
            if arguments == [0] { await gate.wait() }
            if arguments.contains(9) { throw JobsError.unavailable(reason: "away") }
            return arguments.map { $0 == 2 ? .failure(.lockLost(JobID("2"))) : .success($0) }
        }

        let outcomes = try await outcomes(of: lane, [0, 1, 2, 3], gate)
        #expect(outcomes[2] == "\(JobsError.lockLost(JobID("2")))")
        #expect([0, 1, 3].allSatisfy { outcomes[$0] == "\($0)" })

        let later = Gate()
        let failing = MergingLane<Int, Int> { arguments in
            if arguments == [0] { await later.wait() }
            if arguments.contains(9) { throw JobsError.unavailable(reason: "away") }
            return arguments.map { .success($0) }
        }
        let failed = try await self.outcomes(of: failing, [0, 1, 9], later)
        #expect(failed[0] == "0")
        #expect(failed[1] == failed[9] && failed[1] == "\(JobsError.unavailable(reason: "away"))")
    }

    @Test("a batch weighs no more than it may, unless it is a single call")
    func weight() async throws {
        let gate = Gate()
        let batches = Mutex<[[Int]]>([])
        let lane = MergingLane<Int, Int>(
            limits: .init(weight: 10), weigh: { $0 },
            work: { arguments in
                batches.withLock { $0.append(arguments) }
                if arguments == [0] { await gate.wait() }
                return arguments.map { .success($0) }
            })

        _ = try await outcomes(of: lane, [0, 4, 6, 20, 3], gate)

        #expect(batches.withLock { $0 } == [[0], [4, 6], [20], [3]])
    }

    @Test("beyond the limit calls are refused at once, and the others go on")
    func overload() async throws {
        let gate = Gate()
        let lane = MergingLane<Int, Int>(limits: .init(waiting: 2)) { arguments in
            if arguments == [0] { await gate.wait() }
            return arguments.map { .success($0) }
        }

        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<3 {
                group.addTask { try await lane.call(number) }
                try await eventually { number == 0 ? gate.isReached : lane.waitingCount == number }
            }
            await #expect(throws: JobsError.overloaded) { try await lane.call(3) }
            gate.open()
            #expect(try await group.reduce(0, +) == 3)
        }
        #expect(try await lane.call(4) == 4)
    }

    @Test(
        "who has waited long behind a call that found the store away is told the same, the others try",
        arguments: [(Duration.zero, 1), (.seconds(3600), 2)])
    func outage(_ patience: Duration, _ expected: Int) async throws {
        let gate = Gate()
        let asked = Mutex(0)
        let lane = MergingLane<Int, Int>(limits: .init(patience: patience)) { arguments in
            asked.withLock { $0 += 1 }
            if arguments == [0] { await gate.wait() }
            throw JobsError.unavailable(reason: "away")
        }

        let outcomes = try await outcomes(of: lane, [0, 1], gate)

        #expect(Set(outcomes.values) == ["\(JobsError.unavailable(reason: "away"))"])
        #expect(asked.withLock { $0 } == expected)
    }

    @Test("cancelling the leader of a batch fails nobody, and it still gets its result")
    func cancelledLeader() async throws {
        let (busy, gate) = (Gate(), Gate())
        let lane = MergingLane<Int, Int> { arguments in
            await (arguments == [0] ? busy : gate).wait()
            try Task.checkCancellation()
            return arguments.map { .success($0) }
        }
        let first = Task { try await lane.call(0) }
        try await eventually { busy.isReached }
        let leader = Task { try await lane.call(1) }
        try await eventually { lane.waitingCount == 1 }
        let other = Task { try await lane.call(2) }
        try await eventually { lane.waitingCount == 2 }
        busy.open()
        try await eventually { gate.isReached }

        leader.cancel()
        gate.open()

        #expect(try await [first.value, leader.value, other.value] == [0, 1, 2])
    }

    @Test("a cancelled call leaves the queue, and is not carried out")
    func cancelledWaiter() async throws {
        let gate = Gate()
        let done = Mutex<[Int]>([])
        let lane = MergingLane<Int, Int> { arguments in
            if arguments == [0] { await gate.wait() }
            done.withLock { $0 += arguments }
            return arguments.map { .success($0) }
        }
        var calls: [Task<Int, any Error>] = []
        for number in 0..<4 {
            calls.append(Task { try await lane.call(number) })
            try await eventually { number == 0 ? gate.isReached : lane.waitingCount == number }
        }

        calls[1].cancel()
        calls[3].cancel()

        await #expect(throws: CancellationError.self) { try await calls[1].value }
        await #expect(throws: CancellationError.self) { try await calls[3].value }
        #expect(lane.waitingCount == 1)
        gate.open()
        #expect(try await [calls[0].value, calls[2].value] == [0, 2])
        #expect(done.withLock { $0 } == [0, 2])
    }

    /// What becomes of calls of which all but the first come while the first is under way.
    private func outcomes(of lane: MergingLane<Int, Int>, _ calls: [Int], _ gate: Gate) async throws
        -> [Int: String]
    {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (index, call) in calls.enumerated() {
                group.addTask {
                    do {
                        return (call, "\(try await lane.call(call))")
                    } catch {
                        return (call, "\(error)")
                    }
                }
                try await eventually { index == 0 ? gate.isReached : lane.waitingCount == index }
            }
            gate.open()
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

/// A gate at which tasks wait until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Whether a task waits.
    var isReached: Bool { state.withLock { !$0.waiting.isEmpty } }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
