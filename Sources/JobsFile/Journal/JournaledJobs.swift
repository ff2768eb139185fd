import JSON
import Jobs
import JobsMemory
import NIOCore

/// The jobs in memory, and what of them is not on the disk yet.
///
/// An operation changes the jobs at once and leaves its records here, for the journal to take in
/// batches. Nobody is answered before what he was told of is on the disk: also who only looked waits
/// for the changes that he may have seen. So when a batch cannot be written, everything since can be
/// taken back, last first, and nobody has built on it.
struct JournaledJobs {
    /// Changes that go to the disk together.
    private struct Batch {
        var writer = JSONWriter(capacity: 1 << 14)
        var changes: [StoredChange] = []
        var isEmpty = true
        /// How often it was met on its way to the disk.
        var looks = 0
        let commit = Commit()

        init() {
            writer.beginArray()
        }
    }

    /// Whether changes are taken.
    enum Standing: Equatable {
        case open
        /// Not before the snapshot has been written anew.
        case suspended(reason: String)
        case closed
    }

    private(set) var jobs: MemoryJobs
    var standing = Standing.open
    /// How often changes were taken back: whoever looks several times has to know.
    private(set) var rollbacks = 0
    private var gathering = Batch()
    private var inFlight: Batch?
    private var isWriting = false
    /// Whether the batch on its way to the disk is looked at from time to time.
    private var isWatched = false
    /// Whether that batch has been on its way for so long that nothing waits for it any more, and nothing
    /// more is begun.
    private(set) var isStalled = false
    /// Whether the last batch could not be written.
    private var hasFailed = false

    /// What may gather while a batch is written. More is refused, or a slow disk would use up memory.
    private static let gatheringLimit = 64 << 20

    init(_ jobs: MemoryJobs) {
        self.jobs = jobs
    }

    /// What is to be waited for by who has looked at the jobs; nil: all is on the disk.
    var commit: Commit? { gathering.isEmpty ? inFlight?.commit : gathering.commit }

    /// Carries out an operation.
    /// - Throws: ``JobsError`` without having done anything.
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

    /// Sees to it that something is written if nothing could be the last time, as then changes may be
    /// refused until one comes.
    mutating func probe() throws(JobsError) {
        try admit()
        if hasFailed { gathering.isEmpty = false }
    }

    /// Tells the journal of a snapshot that holds what there is now.
    /// - Parameter rollbacks: as they were before the jobs were looked at for it.
    mutating func announce(_ snapshot: SnapshotIdentity, rollbacks: Int) throws(JobsError) -> Commit
    {
        guard rollbacks == self.rollbacks else {
            throw .unavailable(reason: "changes were taken back meanwhile")
        }
        gathering.writer.record(.snapshot(snapshot))
        gathering.isEmpty = false
        return gathering.commit
    }

    /// - Throws: ``JobsError/unavailable(reason:)`` if the jobs are not to be looked at or changed now.
    func admit() throws(JobsError) {
        switch standing {
        case .open where isStalled: throw .unavailable(reason: "the disk does not answer")
        case .open: break
        case .suspended(let reason): throw .unavailable(reason: reason)
        case .closed: throw .unavailable(reason: "the store is closed")
        }
    }

    /// Takes no changes any more.
    /// - Returns: whether it makes no sense to wait for the disk.
    mutating func beClosed() -> Bool {
        standing = .closed
        return isStalled
    }

    /// - Returns: whether the caller has to see to it that what has gathered is written.
    mutating func beginWriting() -> Bool {
        guard !gathering.isEmpty, !isWriting else { return false }
        isWriting = true
        return true
    }

    /// Takes what has gathered, to be written; nil if there is nothing, and then nobody writes.
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

    /// Looks whether the batch that is being written is still the one of the last looks.
    ///
    /// When it is for the `limit`th time, its callers are not kept any longer: they do not learn what
    /// becomes of it. What has gathered behind it was never given to the disk, and is taken back.
    /// - Returns: who is to be told; nil if nothing is being written, and there is nothing to watch.
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

    /// The batch is on the disk.
    mutating func settle() -> SettledBatch? {
        defer { inFlight = nil }
        hasFailed = false
        isStalled = false
        return inFlight.map { SettledBatch(commit: $0.commit, changes: $0.changes) }
    }

    /// The batch is not on the disk: takes back what was in it, and what has gathered since.
    /// - Returns: who is to be told.
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

/// A batch on its way to the disk.
struct BatchToWrite {
    var payload: ByteBuffer
    /// Whether it says anything about jobs.
    var hasChanges: Bool
    /// Whether the caller has to see to it that the journal is looked at from now on.
    var hasToBeWatched: Bool
}

/// A batch that is on the disk, to be finished outside the lock: it may hold on to all jobs that there
/// were, and to give them up takes its time.
///
/// @unchecked: the changes are not shared with anybody and not looked at, only given up.
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
