import Jobs

/// The ids of the most recently reported jobs, which detect repeated reports.
struct RecentIDs {
    private var ids: Set<JobID> = []
    /// A ring buffer. Once it is full, ``oldest`` is the index of the oldest id.
    private var order: [JobID] = []
    private var oldest = 0

    /// More ids than can arrive between two reports of the same job.
    private static let capacity = 2000

    /// Inserts an id, and drops the oldest one if the buffer is full.
    ///
    /// - Returns: Whether the id is new.
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
