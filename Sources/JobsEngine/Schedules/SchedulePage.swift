import JSON
public import Jobs

/// A part of the schedules, in the order of their ids.
public struct SchedulePage: Sendable, Equatable {
    /// The schedules.
    public var schedules: [Schedule]
    /// The number of all matching schedules; `nil` if it was not asked for.
    public var total: Int?

    /// Creates a page.
    public init(schedules: [Schedule], total: Int? = nil) {
        self.schedules = schedules
        self.total = total
    }
}

extension SchedulePage {
    /// The most schedules of a page, and the most bytes of their jobs unless there is only one.
    static let maximumCount = 1000
    static let maximumBytes = 4 << 20

    /// The page of all matching schedules, which are in the order of their ids.
    ///
    /// A page may have fewer schedules than asked for, if they are large; the next one begins after
    /// the last of them.
    init(of all: [Schedule], _ paging: Paging) {
        let ordered = paging.isDescending ? all.reversed() : all
        let start = paging.after.map { ExactText($0.description).text.utf8 }
        let rest = ordered.drop { schedule in
            guard let start else { return false }
            let id = schedule.id.utf8
            return paging.isDescending
                ? !id.lexicographicallyPrecedes(start) : !start.lexicographicallyPrecedes(id)
        }
        let take = paging.take.flatMap { $0 > 0 ? $0 : nil } ?? Self.maximumCount
        var bytes = 0
        let page = rest.dropFirst(max(paging.skip, 0)).prefix(min(take, Self.maximumCount))
            .prefix { schedule in
                defer { bytes += schedule.newJob.size }
                return bytes == 0 || bytes + schedule.newJob.size <= Self.maximumBytes
            }
        self.init(schedules: Array(page), total: paging.wantsTotal ? all.count : nil)
    }
}

extension NewJob {
    /// The approximate size of the job, in bytes.
    var size: Int { 512 + type.utf8.count + refID.utf8.count + (params?.bytes.count ?? 0) }
}
