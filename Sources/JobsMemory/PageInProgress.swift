package import Jobs

/// A page of a list that is filled in slices, so that other calls run in between.
package struct PageInProgress: Sendable {
    package private(set) var page: JobPage
    private let filter: JobFilter
    private let wantsTotal: Bool
    private let totalLimit: Int
    private let limit: Int
    private let after: JobID?
    fileprivate let isDescending: Bool
    private let maxBytes: Int
    private var bytes = 0
    /// The number of matching jobs that are still to be skipped.
    private var rest: Int

    package init(_ filter: JobFilter, _ paging: Paging, maxPageSize: Int) {
        self.filter = filter
        wantsTotal = paging.wantsTotal
        totalLimit = paging.totalLimit ?? .max
        limit = paging.limit(maxPageSize: maxPageSize)
        after = paging.after
        isDescending = paging.isDescending
        maxBytes = paging.maxBytes ?? .max
        rest = max(paging.skip, 0)
        page = JobPage(jobs: [], total: paging.wantsTotal ? 0 : nil)
    }

    /// Whether further jobs can change the page or its total.
    package var wantsMore: Bool { wantsJobs || (wantsTotal && (page.total ?? 0) < totalLimit) }

    private var wantsJobs: Bool { !page.isCut && page.jobs.count < limit }

    /// The id after which the visit starts; `nil` for the beginning.
    package var start: JobID? { wantsTotal ? nil : after }

    fileprivate mutating func take(_ job: Job, at now: Timestamp) {
        guard filter.matches(job, at: now) else { return }
        if wantsTotal { page.total? += 1 }
        guard wantsJobs, isBehindStart(job.id) else { return }
        guard rest == 0 else {
            rest -= 1
            return
        }
        page.jobs.append(job)
        bytes += job.weight
        if bytes >= maxBytes { page.remaining = limit - page.jobs.count }
    }

    private func isBehindStart(_ id: JobID) -> Bool {
        guard let after else { return true }
        return isDescending ? id < after : after < id
    }
}

extension MemoryJobs {
    /// Fills a page from up to `limit` jobs after `id`, in the order of the page.
    ///
    /// - Returns: Where to continue; `nil` at the end or if the page is complete.
    package func fill(
        _ page: inout PageInProgress, after id: JobID?, limit: Int, at now: Timestamp
    ) -> JobID? {
        visit(after: id, limit: limit, isDescending: page.isDescending) { job in
            page.take(job, at: now)
            return page.wantsMore
        }
    }
}
