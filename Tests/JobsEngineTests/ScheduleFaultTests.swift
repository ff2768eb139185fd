import Jobs
import JobsMemory
import JobsTestSupport
import Logging
import Testing

@testable import JobsEngine

/// Several instances on one store that fails at random, in a time that the test sets.
@Suite("Firing schedules once")
struct ScheduleFaultTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("every firing adds one job, whatever fails and whoever is killed", arguments: 0..<12)
    func once(round: Int) async throws {
        let isKilled = round.isMultiple(of: 2)
        let (clock, added) = (SetClock(), AddedJobs())
        let memory = MemoryJobsPersistence(clock: { clock.now() }, observer: added)
        let store = FaultyPersistence(memory, chance: 0)
        let controllers = (0..<3).map { _ in JobsController(persistence: store) }
        // Without an instance that runs all the time, what it would have fired is caught up.
        let schedules = (1...3).map { number in
            Schedule(
                id: "s\(number)", every: Int64(number) * 1000,
                newJob: NewJob(type: "t", refID: "\(number)"), catchUp: isKilled ? .all : .one)
        }
        for schedule in schedules { _ = try await controllers[0].setSchedule(schedule) }
        let start = clock.now()
        store.chance = 0.3
        func instance(_ number: Int) -> TestInstance {
            TestInstance(
                controllers[number], Self.logger, settling: isKilled ? 2000 : 60_000)
        }
        var instances = (0..<3).map(instance)

        for _ in 0..<150 {
            clock.advance(by: .random(in: 0...700))
            await withTaskGroup(of: Void.self) { group in
                for instance in instances where Bool.random() || instance === instances[0] {
                    let task = { @Sendable in _ = try? await instance.round() }
                    group.addTask(operation: task)
                }
            }
            if Int.random(in: 0..<20) == 0 {
                let number = Int.random(in: isKilled ? 0..<3 : 1..<3)
                instances[number] = instance(number)
            }
            if Int.random(in: 0..<5) == 0 { memory.deleteAll() }
        }
        store.chance = 0
        // Beyond the settling of the last one that was started.
        clock.advance(by: isKilled ? 2500 : 0)
        for instance in instances { try await instance.round() }

        let passed = clock.now().milliseconds(since: start)
        #expect(added.count == (1...3).reduce(0) { $0 + Int(passed / (Int64($1) * 1000)) })
    }

    @Test("ten thousand schedules are fired, and only those that are due are written")
    func many() async throws {
        let (clock, added) = (SetClock(), AddedJobs())
        let memory = MemoryJobsPersistence(clock: { clock.now() }, observer: added)
        let controller = JobsController(persistence: memory)
        let instance = TestInstance(controller, Self.logger, settling: 2000)
        for number in 0..<10_000 {
            _ = try await controller.setSchedule(
                Schedule(
                    id: "\(number)", every: number < 100 ? 1000 : 3_600_000,
                    newJob: NewJob(type: "t", refID: "r")))
        }
        try await instance.round()

        clock.advance(by: 1000)
        try await instance.round()
        #expect(added.count == 100)
        clock.advance(by: 3_599_000)
        while try await instance.round() == .zero {}

        // An hour's firings of the first ones are missed but one each.
        #expect(added.count == 100 + 100 + 9900)
    }
}
