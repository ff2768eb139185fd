import Foundation
import Jobs
import JobsMemory
import Synchronization
import SystemPackage
import Testing

@testable import JobsFile

@Suite("A full or failing disk", .timeLimit(.minutes(5)))
struct FaultTests {
    private func withFaults(
        _ limits: FileJobsPersistence.Limits = .init(),
        _ body: (FileJobsPersistence, Faults) async throws -> Void
    ) async throws {
        try await withDirectory { path in
            let faults = Faults()
            let store = try await open(path, files: faults.calls, limits: limits)
            try await body(store, faults)
            await store.close()
        }
    }

    /// Every kind of change, on a store with two jobs, one of them leased.
    private static let changes:
        [(name: String, change: @Sendable (FileJobsPersistence, [Job]) async throws -> Void)] = [
            ("add", { store, _ in _ = try await store.add() }),
            (
                "add many",
                { store, _ in
                    _ = try await store.add((0..<100).map { NewJob(type: "x", refID: "\($0)") })
                }
            ),
            (
                "add unique",
                { store, _ in
                    _ = try await store.addUnique(NewJob(type: "mail", refID: "new"))
                }
            ),
            (
                "start by id",
                { store, jobs in _ = try await store.start(Start(jobs[1].id, timeout: 1000)) }
            ),
            ("start by type", { store, _ in _ = try await store.claim() }),
            (
                "extend",
                { store, jobs in
                    _ = try await store.change([
                        JobChange(jobs[0].id, .extend(timeout: 5))
                    ])
                }
            ),
            (
                "abort",
                { store, jobs in
                    _ = try await store.change([JobChange(jobs[0].id, .abort())])
                }
            ),
            (
                "complete",
                { store, jobs in
                    _ = try await store.change(jobs.map { JobChange($0.id, .complete) })
                }
            ),
            ("delete", { store, jobs in _ = try await store.delete(jobs[0].id) }),
            ("delete all", { store, _ in try await store.deleteAll() }),
            ("clean", { store, _ in try await store.clean(Cleaning(maxRetries: -1)) }),
        ]

    @Test(
        "a change that cannot be written is refused and taken back, and the next one succeeds",
        arguments: changes.indices, [Faults.Call.write, .synchronize])
    func refused(index: Int, call: Faults.Call) async throws {
        try await withFaults { store, faults in
            let jobs = [
                try await store.add(NewJob(type: "mail", refID: "1", priority: 1)),
                try await store.add(NewJob(type: "mail", refID: "2")),
            ]
            #expect(try await store.claim()?.job.id == jobs[0].id)
            let before = store.everything
            faults.fail(call, .noSpace) { $0.isJournal }

            await #expect {
                try await Self.changes[index].change(store, jobs)
            } throws: {
                ($0 as? JobsError)?.isUnavailable == true
            }
            #expect(store.everything == before)
            #expect(try await store.get(jobs[0].id) == before[0].job)
            #expect(try await store.list(JobFilter(), Paging()).jobs == before.map(\.job))
            try await afterCrash(store) { #expect($0.everything == before) }

            faults.clear()
            try await eventuallyTaken { try await Self.changes[index].change(store, jobs) }
            let after = store.everything
            #expect(after != before)
            try await afterCrash(store) { #expect($0.everything == after) }
        }
    }

    /// Repeats a change until it is accepted: after a failed sync, a snapshot is written first.
    private func eventuallyTaken(_ change: () async throws -> Void) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while true {
            do {
                return try await change()
            } catch let error as JobsError where error.isUnavailable && ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test("calls that have read changes which are taken back are refused too")
    func onlookers() async throws {
        try await withFaults(.init(patience: .seconds(600))) { store, faults in
            let job = try await store.add()
            let gate = Gate()
            defer { gate.open() }
            faults.set { call, path in
                guard call == .synchronize, path.isJournal else { return nil }
                gate.pass()
                return FileError(operation: "synchronize", code: .ioError)
            }
            let start = Task { _ = try await store.start(Start(job.id, timeout: 1000)) }
            await gate.reached()
            let others = [
                Task { _ = try await store.get(job.id) },
                Task { _ = try await store.list(JobFilter(), Paging()) },
                Task { _ = try await store.claim() },
                Task { _ = try await store.delete(job.id) },
            ]
            // The second batch has gathered when the first fails.
            while store.state.withLock({ $0.jobs.get(job.id) }) != nil {
                try await Task.sleep(for: .milliseconds(1))
            }
            gate.open()

            for onlooker in [start] + others {
                await #expect(throws: JobsError.self) { try await onlooker.value }
            }
            #expect(store.everything.map(\.job) == [job])
            faults.clear()
        }
    }

    @Test("a check reports whether changes can be written, also without any changes")
    func check() async throws {
        try await withFaults { store, faults in
            try await store.check()
            faults.fail(.write, .noSpace) { $0.isJournal }
            try await store.check()
            await #expect(throws: JobsError.self) { try await store.add() }

            await #expect(throws: JobsError.self) { try await store.check() }
            await #expect(throws: JobsError.self) { try await store.check() }
            faults.clear()
            try await store.check()

            await store.close()
            await #expect(throws: JobsError.self) { try await store.check() }
        }
    }

    @Test("partial writes are continued")
    func shortWrites() async throws {
        try await withFaults { store, faults in
            faults.limitWrites(to: 3)
            try await store.add()
            _ = try await store.claim()
            try await afterCrash(store) {
                #expect($0.everything == store.everything)
            }
        }
    }

    @Test("after a failed sync, changes are refused until a new snapshot is on the disk")
    func doubt() async throws {
        try await withFaults { store, faults in
            try await store.add()
            faults.set { call, path in
                switch call {
                case .synchronize where path.isJournal:
                    FileError(operation: "synchronize", code: .ioError)
                case .create where !path.isJournal: FileError(operation: "create", code: .ioError)
                default: nil
                }
            }
            await #expect(throws: JobsError.self) { try await store.add() }

            faults.fail(.create, .ioError) { !$0.isJournal }
            for _ in 0..<5 {
                await #expect(throws: JobsError.self) { try await store.add() }
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(store.everything.count == 1)
            #expect(try await store.list(JobFilter(), Paging()).jobs.count == 1)

            faults.clear()
            try await eventuallyTaken { try await store.add() }
            #expect(store.everything.count == 2)
            #expect(try files(beside: store.names.snapshot)["jobs.json"] != nil)
        }
    }

    @Test(
        "a failed snapshot delays no calls and loses no jobs",
        arguments: [
            Faults.Call.create, .write, .synchronize, .rename, .synchronizeDirectory, .remove,
        ])
    func failingSnapshot(call: Faults.Call) async throws {
        let limits = FileJobsPersistence.Limits(journalLength: 2000, pause: .zero)
        try await withFaults(limits) { store, faults in
            // The directory is also synchronized for new segments, which may fail too.
            faults.fail(call, .noSpace) { !$0.isJournal || call == .remove }
            for number in 0..<200 {
                try await store.add(NewJob(type: "mail", refID: "\(number)"))
                if number % 3 == 0 { _ = try await store.claim() }
            }
            #expect(store.everything.count == 200)
            try await afterCrash(store) {
                #expect($0.everything == store.everything)
            }
            faults.clear()
            for number in 0..<100 { try await store.add(NewJob(type: "x", refID: "\(number)")) }
            try await afterCrash(store) {
                #expect($0.everything == store.everything)
            }
        }
    }

    @Test("a snapshot is not started without enough free space")
    func noRoom() async throws {
        let limits = FileJobsPersistence.Limits(journalLength: 2000, pause: .zero)
        try await withFaults(limits) { store, faults in
            faults.setFreeSpace(1999)
            for number in 0..<100 { try await store.add(NewJob(type: "x", refID: "\(number)")) }
            store.compactionQueue.sync {}
            #expect(try files(beside: store.names.snapshot)["jobs.json"] == nil)
        }
    }
}

extension JobsError {
    var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
