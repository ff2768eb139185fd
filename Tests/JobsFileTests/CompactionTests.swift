import Foundation
import Jobs
import JobsMemory
import JobsTestSupport
import SeededRandom
import Synchronization
import Testing

@testable import JobsFile

@Suite("Snapshots and journals", .timeLimit(.minutes(5)))
struct CompactionTests {
    private static let small = FileJobsPersistence.Limits(
        journalLength: 5000, segments: 16, pause: .zero)

    @Test("after a crash at any point answered changes exist, and others exist whole or not at all")
    func crashAnywhere() async throws {
        try await withDirectory { path in
            let faults = Faults()
            let clock = SetClock()
            let images = Mutex<[(done: Int, files: [String: Data])]>([])
            let done = Mutex(0)
            // Nothing else changes the files during a call, so these are all possible states.
            faults.set { _, _ in
                if let files = try? files(beside: path) {
                    images.withLock { $0.append((done.withLock { $0 }, files)) }
                }
                return nil
            }
            let store = try await open(path, clock: clock, files: faults.calls, limits: Self.small)
            var states = [store.everything]
            var random = SplitMix64(seed: 7)
            for _ in 0..<100 {
                try await change(store, &random) {
                    states.append(store.everything)
                    done.withLock { $0 += 1 }
                }
                clock.advance(by: 1)
            }
            faults.clear()
            await store.close()

            let all = images.withLock { $0 }
            #expect(
                all.contains { $0.files["jobs.json"] != nil && $0.files["jobs.json.new"] != nil })
            for image in all {
                let again = try await recovered(image.files, clock: clock).everything
                #expect(states[image.done...].prefix(2).contains { $0 == again })
            }
        }
    }

    @Test("snapshots during concurrent changes contain all answered changes")
    func crashesAfterBusyTimes() async throws {
        try await withDirectory { path in
            let store = try await open(path, limits: Self.small)
            for round in 0..<40 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<8 {
                        group.addTask {
                            var random = SplitMix64(seed: UInt64(round * 8 + worker))
                            for _ in 0..<5 { try await change(store, &random) {} }
                        }
                    }
                    try await group.waitForAll()
                }
                try await afterCrash(store) { #expect($0.everything == store.everything) }
            }
            #expect(try files(beside: path)["jobs.json"] != nil)
            await store.close()
        }
    }

    /// Makes a change of any kind; some take two steps.
    private func change(
        _ store: FileJobsPersistence, _ random: inout SplitMix64, afterStep: () -> Void
    ) async throws {
        defer { afterStep() }
        let number = Int.random(in: 0..<40, using: &random)
        switch number {
        case 0: try await store.deleteAll()
        case 1: try await store.clean(Cleaning(maxRetries: 2))
        case ..<20: try await store.add(NewJob(type: "mail", refID: "\(number)"))
        default:
            guard let started = try await store.claim(timeout: Int64(number % 3)) else { break }
            afterStep()
            let lease = LeaseReference(id: started.job.id, lockToken: started.lockToken)
            switch number {
            case ..<25: _ = try await store.change([JobChange(lease, .complete)])
            case ..<30: _ = try await store.change([JobChange(lease, .abort())])
            case ..<35: _ = try await store.change([JobChange(lease, .extend(timeout: 0))])
            default: _ = try await store.delete(started.job.id)
            }
        }
    }

    @Test("the size of the files is bounded for any number of changes")
    func bounded() async throws {
        try await withDirectory { path in
            let store = try await open(path, limits: Self.small)
            var most = 0
            for number in 0..<200 {
                try await store.add(NewJob(type: "mail", refID: "\(number)"))
                let started = try #require(try await store.claim())
                _ = try await store.delete(started.job.id)
                store.compactionQueue.sync {}
                most = max(most, try files(beside: path).values.reduce(0) { $0 + $1.count })
            }
            #expect(most < 3 * Self.small.journalLength)
            await store.close()
        }
    }

    @Test("repeated crashes do not accumulate files", arguments: [true, false])
    func manyStarts(changing: Bool) async throws {
        var contents: [String: Data] = [:]
        for start in 0..<40 {
            contents = try await withDirectory { path in
                try write(contents, beside: path)
                let store = try await open(path)
                if start == 0 || changing {
                    try await store.add(NewJob(type: "mail", refID: "\(start)"))
                }
                store.compactionQueue.sync {}
                let crashed = try files(beside: path)
                #expect(store.everything.count == (changing ? start + 1 : 1))
                await store.close()
                return crashed
            }
            #expect(contents.count < 25)
        }
    }
}
