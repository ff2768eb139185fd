import JSON
import Jobs
import JobsEngine
package import NIOCore

/// The jobs of a page after its first slice. A page may be too large to hold in memory, so it is
/// read and written in slices of about ``sliceSize`` bytes.
package struct PageRest: Sendable {
    /// The size of a slice in bytes. A smaller page is written as a whole.
    static let sliceSize = 4 << 20

    private let listing: Command.Listing
    private let jobs: JobsController
    private let total: Int?
    private var json: JSONWriter
    /// The paging of the next slice; `nil` if there is none.
    private var paging: Paging?
    private var isEnded = false

    /// - Parameters:
    ///   - first: The first slice, which does not contain the whole page.
    ///   - json: The JSON of the page so far, which the rest continues.
    init(
        behind first: JobPage, of listing: Command.Listing, _ jobs: JobsController, json: JSONWriter
    ) {
        self.listing = listing
        self.jobs = jobs
        self.json = json
        total = first.total
        paging = Self.paging(behind: first, of: listing)
    }

    private static func paging(behind page: JobPage, of listing: Command.Listing) -> Paging? {
        guard page.isCut, let last = page.jobs.last else { return nil }
        var paging = Paging(
            take: page.remaining, after: last.id, maxBytes: sliceSize,
            isDescending: listing.isDescending)
        paging.needless = listing.selection?.needless ?? []
        return paging
    }

    /// The next part of the answer; `nil` after the last one.
    /// - Throws: The errors of listing jobs.
    package mutating func next() async throws -> ByteBuffer? {
        guard !isEnded else { return nil }
        if let paging {
            let slice = try await jobs.list(listing.filter, paging)
            for job in slice.jobs { json.job(job, as: listing.view(of: job)) }
            self.paging = Self.paging(behind: slice, of: listing)
        }
        if paging == nil {
            json.endPage(total: total)
            isEnded = true
        }
        return json.takeBuffer()
    }
}
