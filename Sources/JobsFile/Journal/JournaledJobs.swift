import JSON
import Jobs
import JobsMemory
import NIOCore

/// The jobs in memory, and their changes that are not on the disk yet.
///
/// An operation changes the jobs at once and queues its records here. The journal writes the
/// records in batches. A call returns only after the changes that its result depends on are on the
/// disk; this includes a call that only reads. So if a batch cannot be written, all changes since
/// then can be taken back, last first: no caller has seen them.
struct JournaledJobs {
    /// The changes of one write.
    private struct Batch {
        var writer = JSONWriter(capacity: 1 << 14)
        var changes: [StoredChange] = []
        var isEmpty = true
        /// The number of checks that have found this batch being written.
        var looks = 0
        let commit = Commit()

        init() {
            writer.beginArray()
        }
    }

    /// Whether changes are accepted.
    enum Standing: Equatable {
        case open
        /// Changes are refused until a new snapshot is written.
        case suspended(reason: String)
        case closed
    }

    private(set) var jobs: MemoryJobs
    var standing = Standing.open
    /// The number of rollbacks, which detects a rollback between two reads.
    private(set) var rollbacks = 0
    private var gathering = Batch()
    private var inFlight: Batch?
    private var isWriting = false
    /// Whether the batch that is being written is checked periodically.
    private var isWatched = false
    /// Whether that batch takes so long that no caller waits for it any longer and no call is
    /// accepted.
    private(set) var isStalled = false
    /// Whether writing the last batch failed.
    private var hasFailed = false

    /// The maximum size of the changes that gather during a write, in bytes. Further changes are
    /// refused, so that a slow disk does not exhaust the memory.
    private static let gatheringLimit = 64 << 20

    init(_ jobs: MemoryJobs) {
        self.jobs = jobs
    }

    /// The commit that a reader of the jobs has to wait for; `nil` if all changes are on the disk.
    var commit: Commit? { gathering.isEmpty ? inFlight?.commit : gathering.commit }

    /// Carries out an operation and queues its changes.
    ///
    /// - Throws: ``JobsError`` if nothing was done.
    mutating func change<Value>(_ body: (inout MemoryJobs) -> Value) throws(JobsError) -> Value {
        try admit()
        guard gathering.writer.buffer.readableBytes < Self.gatheringLimit else { throw .overloaded }
        let value = body(&jobs)
        for change in jobs.takeChanges() {
            gathering.writer.record(change)
            gathering.changes.append(change)
            gathering.isEmpty = false
        }
        return value
    }

    /// Queues a write if the last one failed, to find out whether changes can be written again.
    mutating func probe() throws(JobsError) {
        try admit()
        if hasFailed { gathering.isEmpty = false }
    }

    /// Queues the record of a new snapshot, and the records beside the jobs, which the snapshot
    /// does not contain.
    ///
    /// - Parameter rollbacks: The number of rollbacks before the jobs were read for the snapshot.
    mutating func announce(_ snapshot: SnapshotIdentity, rollbacks: Int) throws(JobsError) -> Commit
    {
        guard rollbacks == self.rollbacks else {
            throw .unavailable(reason: "changes were taken back meanwhile")
        }
        gathering.writer.record(.snapshot(snapshot))
        for stored in jobs.storedRecords { gathering.writer.record(.record(stored)) }
        gathering.isEmpty = false
        return gathering.commit
    }

    /// - Throws: ``JobsError/unavailable(reason:)`` if jobs cannot be read or changed at the
    ///   moment.
    func admit() throws(JobsError) {
        switch standing {
        case .open where isStalled: throw .unavailable(reason: "the disk does not answer")
        case .open: break
        case .suspended(let reason): throw .unavailable(reason: reason)
        case .closed: throw .unavailable(reason: "the store is closed")
        }
    }

    /// Refuses changes from now on.
    ///
    /// - Returns: Whether the disk does not respond, so that the caller should not wait for it.
    mutating func beClosed() -> Bool {
        standing = .closed
        return isStalled
    }

    /// - Returns: Whether the caller has to start writing the gathered changes.
    mutating func beginWriting() -> Bool {
        guard !gathering.isEmpty, !isWriting else { return false }
        isWriting = true
        return true
    }

    /// Returns the gathered changes to write; `nil` if there are none, which ends the writing.
    mutating func takeBatch() -> BatchToWrite? {
        guard !gathering.isEmpty else {
            isWriting = false
            return nil
        }
        gathering.writer.endArray()
        let batch = gathering
        inFlight = batch
        gathering = Batch()
        defer { isWatched = true }
        return BatchToWrite(
            payload: batch.writer.buffer, hasChanges: !batch.changes.isEmpty,
            hasToBeWatched: !isWatched)
    }

    /// Checks whether the same batch is still being written as at the last check.
    ///
    /// At the check number `limit`, the callers of the batch stop waiting, and the outcome is
    /// unknown to them. The changes that have gathered behind the batch were never written and are
    /// taken back.
    ///
    /// - Returns: The commits to fail; `nil` if no batch is being written, which ends the checks.
    mutating func look(limit: Int, at now: Timestamp) -> [Commit]? {
        guard let batch = inFlight else {
            isWatched = false
            return nil
        }
        inFlight?.looks += 1
        guard batch.looks + 1 == limit else { return [] }
        isStalled = true
        for change in gathering.changes.reversed() { jobs.undo(change, at: now) }
        let commits = [batch.commit] + (gathering.isEmpty ? [] : [gathering.commit])
        gathering = Batch()
        rollbacks += 1
        return commits
    }

    /// Records that the batch is on the disk.
    mutating func settle() -> SettledBatch? {
        defer { inFlight = nil }
        hasFailed = false
        isStalled = false
        return inFlight.map { SettledBatch(commit: $0.commit, changes: $0.changes) }
    }

    /// Takes back the batch, which could not be written, and the changes that have gathered since.
    ///
    /// - Returns: The commits to fail.
    mutating func rollBack(at now: Timestamp) -> [Commit] {
        for batch in [gathering, inFlight].compactMap(\.self) {
            for change in batch.changes.reversed() { jobs.undo(change, at: now) }
        }
        let commits = [inFlight?.commit, gathering.isEmpty ? nil : gathering.commit]
        inFlight = nil
        gathering = Batch()
        rollbacks += 1
        hasFailed = true
        isStalled = false
        return commits.compactMap(\.self)
    }
}

/// A batch that is being written.
struct BatchToWrite {
    var payload: ByteBuffer
    /// Whether the batch has records of jobs.
    var hasChanges: Bool
    /// Whether the caller has to start the periodic checks of the journal.
    var hasToBeWatched: Bool
}

/// A batch that is on the disk, which is deallocated outside the lock: it may hold all removed
/// jobs, and their deallocation takes time.
///
/// `@unchecked`: the changes are not shared or read, only deallocated.
final class SettledBatch: @unchecked Sendable {
    private let commit: Commit
    private let changes: [StoredChange]

    init(commit: Commit, changes: [StoredChange]) {
        self.commit = commit
        self.changes = changes
    }

    func finish() {
        commit.finish(.success(()))
    }
}
