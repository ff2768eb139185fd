import Foundation
import Jobs
import JobsMemory
import Synchronization
import SystemPackage
import Testing

@testable import JobsFile

@Suite("A disk that does not respond", .timeLimit(.minutes(5)))
struct HangTests {
    /// Lends a store on a disk that hangs from `begin` to `end` of the gate.
    private func withHang(
        patience: Duration, at call: Faults.Call = .synchronize,
        _ body: (FileJobsPersistence, Faults, Gate) async throws -> Void
    ) async throws {
        try await withDirectory { path in
            let faults = Faults()
            let gate = Gate()
            defer { gate.open() }
            let store = try await open(
                path, files: faults.calls, limits: .init(patience: patience))
            try await body(store, faults, gate)
        }
    }

    @Test(
        "changes and reads fail within the time limit, and then at once",
        arguments: [Faults.Call.write, .synchronize])
    func hang(call: Faults.Call) async throws {
        try await withHang(patience: .milliseconds(200)) { store, faults, gate in
            let job = try await store.add()
            faults.hang(call, gate) { $0.isJournal }

            let first = Task { try await store.add(NewJob(type: "mail", refID: "on its way")) }
            await gate.reached()
            let behind = Task { try await store.add(NewJob(type: "mail", refID: "behind")) }
            let reads = [
                Task { _ = try await store.get(job.id) },
                Task { _ = try await store.list(JobFilter(), Paging()) },
                Task { _ = try await store.nextAvailability(of: "mail") },
                Task { try await store.check() },
            ]
            await unavailable { try await first.value }
            await unavailable { try await behind.value }
            for read in reads { await unavailable { try await read.value } }
            // The disk hangs, and none of these calls wait for it.
            await unavailable { try await store.add() }
            await unavailable { try await store.claim() }
            await unavailable { try await store.get(job.id) }
            await unavailable { try await store.list(JobFilter(), Paging()) }
            await unavailable { try await store.clean(Cleaning(maxRetries: 1)) }
            await unavailable { try await store.deleteAll() }
            await unavailable { try await store.check() }

            faults.clear()
            gate.open()
            try await eventually { try await store.check() }
            // The change that was being written took effect; the changes behind it did not.
            let references = store.everything.map(\.job.refID)
            #expect(references == ["1", "on its way"])
            try await store.add(NewJob(type: "mail", refID: "next"))
            try await afterCrash(store) { #expect($0.everything == store.everything) }
            await store.close()
        }
    }

    @Test("changes that finally fail are taken back")
    func failure() async throws {
        try await withHang(patience: .milliseconds(50)) { store, faults, gate in
            try await store.add()
            let before = store.everything
            faults.set { call, path in
                guard call == .write, path.isJournal else { return nil }
                gate.pass()
                return FileError(operation: "write", code: .ioError)
            }
            await unavailable { try await store.deleteAll() }

            faults.clear()
            gate.open()
            try await eventually { try await store.check() }
            #expect(store.everything == before)
            try await afterCrash(store) { #expect($0.everything == before) }
            await store.close()
        }
    }

    @Test("a cancelled caller returns at once, and its claim is taken back")
    func cancellation() async throws {
        try await withHang(patience: .seconds(600)) { store, faults, gate in
            let jobs = [try await store.add().id, try await store.add().id]
            faults.hang(.synchronize, gate) { $0.isJournal }
            let callers = [
                Task { _ = try await store.start(Start(jobs[0], timeout: 60_000)) },
                Task { _ = try await store.get(jobs[0]) },
                Task { _ = try await store.list(JobFilter(), Paging()) },
                Task { _ = try await store.claim() },
            ]
            await gate.reached()
            while store.everything.contains(where: { $0.job.started == nil }) { await Task.yield() }

            for caller in callers { caller.cancel() }
            for caller in callers {
                await #expect(throws: CancellationError.self) { try await caller.value }
            }
            faults.clear()
            gate.open()
            try await store.check()
            #expect(try await store.list(JobFilter(), Paging()).jobs.map(\.retries) == [0, 0])
            #expect(try await store.claim()?.job.id == jobs[0])
            await store.close()
        }
    }

    @Test("a caller that was cancelled before gets a CancellationError")
    func cancelledBefore() async throws {
        try await withHang(patience: .seconds(600)) { store, faults, gate in
            faults.hang(.synchronize, gate) { $0.isJournal }
            let first = Task { try await store.add() }
            await gate.reached()
            let cancelled = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await store.get(JobID("x"))
            }
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            gate.open()
            _ = try await first.value
            await store.close()
        }
    }

    @Test("closing does not wait for the disk", arguments: [true, false])
    func close(isKnown: Bool) async throws {
        try await withHang(patience: .milliseconds(200)) { store, faults, gate in
            try await store.add()
            faults.hang(.synchronize, gate) { $0.isJournal }
            let hanging = Task { try await store.add() }
            await gate.reached()
            if isKnown { await unavailable { try await hanging.value } }

            await store.close()

            await unavailable { try await hanging.value }
            #expect(try files(beside: store.names.snapshot)["jobs.json"] == nil)
        }
    }

    @Test("closing does not wait for a hanging snapshot, and loses nothing")
    func closingSnapshot() async throws {
        try await withHang(patience: .milliseconds(200)) { store, faults, gate in
            try await store.add()
            let before = store.everything
            let copy = try files(beside: store.names.snapshot)
            faults.hang(.synchronize, gate) { !$0.isJournal }

            await store.close()

            try await opened(copy) { #expect($0.everything == before) }
        }
    }

    @Test("jobs are served while a snapshot hangs")
    func snapshot() async throws {
        try await withDirectory { path in
            let faults = Faults()
            let gate = Gate()
            defer { gate.open() }
            let store = try await open(
                path, files: faults.calls,
                limits: .init(journalLength: 1000, patience: .milliseconds(200)))
            faults.hang(.synchronize, gate) { !$0.isJournal }
            for number in 0..<20 { try await store.add(NewJob(type: "mail", refID: "\(number)")) }
            await gate.reached()
            for number in 20..<40 { try await store.add(NewJob(type: "mail", refID: "\(number)")) }
            #expect(try await store.list(JobFilter(), Paging()).jobs.count == 40)
            gate.open()
            await store.close()
        }
    }

    @Test("a cancelled start returns, and releases the files when the disk responds")
    func opening() async throws {
        try await withDirectory { path in
            let faults = Faults()
            let gate = Gate()
            defer { gate.open() }
            faults.hang(.create, gate) { $0.isJournal }
            let opening = Task { try await open(path, files: faults.calls) }
            await gate.reached()

            opening.cancel()

            await #expect(throws: CancellationError.self) { try await opening.value }
            gate.open()
            try await eventually { await (try open(path)).close() }
        }
    }

    private func unavailable<Value>(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            _ = try await body()
        } throws: {
            ($0 as? JobsError)?.isUnavailable == true
        }
    }

    /// Repeats a call until the store has noticed that the disk responds again.
    private func eventually(_ body: () async throws -> Void) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try await body()
            } catch  where ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }
}
