import HTTPEdge
import JSON
import Jobs
import JobsEngine
import NIOCore

/// The jobs of a page behind its first slice: a page may be larger than what one answer should hold in
/// memory, so it is read and written in slices of about ``sliceSize`` bytes.
struct PageRest: AnswerRest {
    /// The bytes of jobs in a slice. A page that is not larger is written as a whole.
    static let sliceSize = 4 << 20

    private let filter: JobFilter
    private let jobs: JobsController
    private let total: Int?
    private let state: @Sendable (Job) -> JobState?
    private var json: JSONWriter
    /// Of the slice that comes next; `nil`: there is none.
    private var paging: Paging?
    private var isEnded = false

    /// - Parameters:
    ///   - first: the first slice, which is cut.
    ///   - json: what has been written of the page, to go on behind it.
    ///   - state: of a job, if it is to be shown.
    init(
        behind first: JobPage, of filter: JobFilter, _ jobs: JobsController, json: JSONWriter,
        state: @escaping @Sendable (Job) -> JobState?
    ) {
        self.state = state
        self.filter = filter
        self.jobs = jobs
        self.json = json
        total = first.total
        paging = Self.paging(behind: first)
    }

    private static func paging(behind page: JobPage) -> Paging? {
        guard page.isCut, let last = page.jobs.last else { return nil }
        return Paging(take: page.remaining, after: last.id, maxBytes: sliceSize)
    }

    /// The next piece of the answer; `nil` behind the last.
    /// - Throws: what listing jobs throws.
    package mutating func next() async throws -> ByteBuffer? {
        guard !isEnded else { return nil }
        if let paging {
            let slice = try await jobs.list(filter, paging)
            for job in slice.jobs { json.job(job, stateName: state(job)?.rawValue) }
            self.paging = Self.paging(behind: slice)
        }
        if paging == nil {
            json.endPage(total: total)
            isEnded = true
        }
        return json.takeBuffer()
    }
}
