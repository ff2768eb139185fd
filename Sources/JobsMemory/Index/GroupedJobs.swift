import Jobs

/// The numbers of live leases of one type, and the ready jobs of groups that claims have found
/// full.
///
/// A ready job of a full group is put aside when a claim meets it, so that the next claims do not
/// meet it. When a lease of the group ends, as many of its jobs as there is room for become ready
/// again. So a claim costs O(log n), however many groups are full. A type whose jobs have no groups
/// pays for one addition.
struct GroupedJobs {
    /// The number of live leases, as of the last time that the queue was advanced to.
    private(set) var running = 0
    private var runningOf: [ExactText: Int] = [:]
    /// The jobs that wait for room in their group. No value is empty.
    private var aside: [ExactText: ReadyJobs] = [:]
    /// The groups with jobs aside in which there may be room.
    private var freed: Set<ExactText> = []
    /// The limit with which jobs were put aside.
    private var most: Int?

    var hasJobsAside: Bool { !aside.isEmpty }

    func running(in group: String) -> Int { runningOf[ExactText(group)] ?? 0 }

    mutating func leaseBegins(of job: Job) {
        running += 1
        if let group = job.group { runningOf[ExactText(group), default: 0] += 1 }
    }

    mutating func leaseEnds(of job: Job) {
        running -= 1
        guard let group = job.group.map({ ExactText($0) }), let count = runningOf[group] else {
            return
        }
        runningOf[group] = count > 1 ? count - 1 : nil
        if aside[group] != nil { freed.insert(group) }
    }

    /// Records that a job left the ready jobs, so that another one of its group may take its place.
    mutating func isNoLongerReady(_ job: Job) {
        guard !aside.isEmpty, let group = job.group else { return }
        if aside[ExactText(group)] != nil { freed.insert(ExactText(group)) }
    }

    mutating func setAside(_ record: JobRecord, _ group: String) {
        aside[ExactText(group), default: ReadyJobs()].insert(record)
        // A place in the group may have become free by the end of the claim.
        freed.insert(ExactText(group))
    }

    mutating func remove(_ record: JobRecord) {
        guard let group = record.job.group.map({ ExactText($0) }) else { return }
        aside[group]?.remove(record)
        if aside[group]?.isEmpty ?? false { aside[group] = nil }
    }

    /// Takes jobs back whose groups have room, as many of each group as there is room for.
    ///
    /// - Parameter most: The maximum number of live leases of a group; `nil` for no limit.
    mutating func takeReady(most: Int?, maxRetries: Int) -> [JobRecord] {
        guard !aside.isEmpty else {
            self.most = most
            return []
        }
        guard let most, most == self.most else {
            // The limit has changed: the next claims find out again which groups are full.
            self.most = most
            freed = []
            defer { aside = [:] }
            return aside.values.flatMap(\.records)
        }
        var taken: [JobRecord] = []
        for group in freed {
            var room = most - (runningOf[group] ?? 0)
            while room > 0, let first = aside[group]?.first(maxRetries: maxRetries) {
                aside[group]?.remove(first.record)
                taken.append(first.record)
                room -= 1
            }
            if aside[group]?.isEmpty ?? false { aside[group] = nil }
            // With jobs left and room, other claims with a higher limit of attempts can get them.
            if room <= 0 || aside[group] == nil { freed.remove(group) }
        }
        return taken
    }
}
