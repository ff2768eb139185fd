import DequeModule
import Jobs
import Synchronization

/// Lists of the next due jobs of the types that are claimed often.
///
/// A claim by the index scans the keys of all jobs that were claimed shortly before, since a server
/// keeps deleted keys for minutes. So one look reads the keys of many jobs, and claims take jobs
/// from its list by their `_id`. The update of a claim judges the job again, so a list that is out
/// of date costs a command, never a second lease.
///
/// A list is in the order of claims. Jobs that this process adds or gives back join it at their
/// place; jobs of other processes join the next list. If several instances claim one type, each has
/// a share of the list by the hash of the `_id`, see ``ClaimPeers``. It takes jobs of other shares
/// only if its own share is short, and then the last ones, which the others reach last, or if it
/// has passed them a while ago.
final class ReadAhead: Sendable {
    typealias Instant = ContinuousClock.Instant

    fileprivate struct List {
        var own: Deque<DueJob> = []
        /// The jobs in the shares of other instances.
        var others: Deque<DueJob> = []
        /// The jobs of other shares that are taken after ``own``.
        var spare: Deque<DueJob> = []
        let readAt: Instant
        /// Whether the look has read all due jobs.
        let isWhole: Bool
        /// Whether jobs are shared out. If not, all are in ``own``.
        let isShared: Bool

        func isFresh(at now: Instant) -> Bool { readAt.duration(to: now) < ReadAhead.lifetime }

        /// Whether the list goes so far that a job has a place in it.
        func reaches(_ job: DueJob) -> Bool {
            isWhole || [own.last, others.last].contains { $0.map { job.isBefore($0) } ?? false }
        }
    }

    fileprivate struct State {
        var list: List?
        var demand = ClaimDemand()
        /// The jobs that were taken lately. A look may have read them before their claims took
        /// effect.
        var taken: [JobID: Instant] = [:]
        /// The place of the last job that was taken out of ``List/own``.
        var reached: ClaimPlace?
        /// When a look first found jobs of other shares in front of ``reached``.
        var passed: [JobID: Instant] = [:]
    }

    private let states = Mutex<[ExactText: State]>([:])
    private let peers: ClaimPeers

    /// How long a list is used. A job that becomes due in front of it waits for this long at most.
    static let lifetime = Duration.seconds(1)
    /// How long a job that this instance has passed is left to the instance in whose share it is.
    static let patience = Duration.milliseconds(500)
    /// The number of lists in a second, if they are not too small or too large.
    private static let looksPerSecond = 4
    private static let minimumSize = 32
    static let maximumSize = 1000
    /// The maximum number of types with a list. A list is useful only for a second.
    private static let maximumCount = 1000

    init(peers: ClaimPeers) {
        self.peers = peers
    }

    /// Returns the number of jobs to read in a look for `wanted` jobs, 0 if the type is claimed too
    /// seldom to read ahead.
    func size(_ type: String, wanted: Int, at now: Instant = .now) -> Int {
        let demand = states.withLock { $0[ExactText(type)]?.demand.rate(at: now) ?? 0 }
        guard demand >= ClaimDemand.frequent else { return 0 }
        // A list is used up in a fraction of its lifetime.
        let size = min(max(demand / Self.looksPerSecond, Self.minimumSize), Self.maximumSize)
        return max(wanted, size) * peers.shares(at: now).count
    }

    /// Records the jobs that a look has found.
    ///
    /// - Parameters:
    ///   - wanted: The number of jobs that are claimed at once.
    ///   - instant: The time before the look.
    ///   - isWhole: Whether these are all due jobs.
    ///   - isShared: Whether this instance leaves some to others.
    func fill(
        _ type: String, _ jobs: [DueJob], wanted: Int = 1, readAt instant: Instant, isWhole: Bool,
        isShared: Bool
    ) {
        let shares = peers.shares(at: instant)
        states.withLock { states in
            if states.count >= Self.maximumCount { states.removeAll() }
            var state = states[ExactText(type)] ?? State()
            state.taken = state.taken.filter { $0.value.duration(to: instant) < Self.lifetime }
            let free = jobs.filter { state.taken[$0.jobID] == nil || $0.jobID.description.isEmpty }
            var list = List(readAt: instant, isWhole: isWhole, isShared: isShared)
            var passed: [JobID: Instant] = [:]
            for job in free {
                let first = state.passed[job.jobID] ?? instant
                if !isShared || shares.own(job.jobID)
                    || first.duration(to: instant) >= Self.patience
                {
                    list.own.append(job)
                } else {
                    list.others.append(job)
                    if let reached = state.reached, job.place < reached {
                        passed[job.jobID] = first
                    }
                }
            }
            let share = max(wanted, jobs.count / shares.count)
            if list.own.count < (share + 1) / 2 {
                let spare = list.others.suffix(share - list.own.count)
                list.others.removeLast(spare.count)
                list.spare = Deque(spare)
            }
            state.passed = passed
            state.list = list
            states[ExactText(type)] = state
        }
    }

    /// Takes the first jobs off the list. They may be fewer than `count`.
    func take(_ type: String, _ count: Int, at now: Instant = .now) -> [DueJob] {
        states.withLock { $0[ExactText(type)]?.take(count, at: now) ?? [] }
    }

    /// Returns the first job that this instance leaves to others.
    func firstOfOthers(_ type: String) -> DueJob? {
        states.withLock { $0[ExactText(type)]?.list?.others.first }
    }

    /// Puts a job that is due from now on in its place, if the list goes so far.
    func insert(_ type: String, _ job: DueJob, at now: Instant = .now) {
        states.withLock { $0[ExactText(type)]?.insert(job, among: peers, at: now) }
    }

    /// Records how many jobs a claim has started.
    func started(_ type: String, _ count: Int, at now: Instant = .now) {
        guard count > 0 else { return }
        states.withLock { states in
            if states.count >= Self.maximumCount { states.removeAll() }
            states[ExactText(type), default: State()].demand.add(count, at: now)
        }
    }
}

/// Changes in place: a copy of the list would copy all its jobs.
extension ReadAhead.State {
    fileprivate mutating func take(_ count: Int, at now: ReadAhead.Instant) -> [DueJob] {
        guard list?.isFresh(at: now) == true else { return [] }
        let own = list?.own.take(count) ?? []
        if let last = own.last { reached = last.place }
        let jobs = own + (list?.spare.take(count - own.count) ?? [])
        for job in jobs { taken[job.jobID] = now }
        return jobs
    }

    fileprivate mutating func insert(
        _ job: DueJob, among peers: ClaimPeers, at now: ReadAhead.Instant
    ) {
        guard list?.isFresh(at: now) == true else { return }
        taken[job.jobID] = nil
        guard list?.reaches(job) == true else { return }
        if list?.isShared == false || peers.shares(at: now).own(job.jobID) {
            list?.own.insert(inOrder: job)
        } else {
            list?.others.insert(inOrder: job)
        }
    }
}

extension Deque<DueJob> {
    /// Removes the first jobs.
    fileprivate mutating func take(_ count: Int) -> [DueJob] {
        let jobs = Array(prefix(count))
        removeFirst(jobs.count)
        return jobs
    }

    /// Inserts a job behind all jobs that are not after it.
    fileprivate mutating func insert(inOrder job: DueJob) {
        guard let last, job.isBefore(last) else { return append(job) }
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if job.isBefore(self[middle]) { high = middle } else { low = middle + 1 }
        }
        insert(job, at: low)
    }
}
