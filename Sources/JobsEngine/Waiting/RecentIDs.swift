import Jobs

/// The last jobs that were heard of, so that who hears of one again knows.
struct RecentIDs {
    private var ids: Set<JobID> = []
    /// A ring, the oldest at ``oldest`` once it is full.
    private var order: [JobID] = []
    private var oldest = 0

    /// More than can be under way between two ways of being told.
    private static let capacity = 2000

    /// - Returns: whether the id is new.
    @discardableResult
    mutating func insert(_ id: JobID) -> Bool {
        guard ids.insert(id).inserted else { return false }
        if order.count < Self.capacity {
            order.append(id)
        } else {
            ids.remove(order[oldest])
            order[oldest] = id
            oldest = (oldest + 1) % Self.capacity
        }
        return true
    }
}
