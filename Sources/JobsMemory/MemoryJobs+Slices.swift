package import Jobs

extension MemoryJobs {
    /// The number of jobs that are visited under one lock, which takes about a millisecond.
    package static let slice = 5000

    /// Visits all jobs in slices, so that a call about one job does not wait for the whole visit.
    ///
    /// - Parameters:
    ///   - start: The position of the first slice; `nil` for the beginning.
    ///   - visit: Visits the slice after a position, and returns the position of the next slice;
    ///     `nil` at the end.
    /// - Throws: The error of `visit`, and `CancellationError` between two slices.
    package static func inSlices(
        from start: JobID? = nil, _ visit: (_ position: JobID?) async throws -> JobID?
    ) async throws {
        var position = start
        repeat {
            position = try await visit(position)
            try Task.checkCancellation()
            await Task.yield()
        } while position != nil
    }
}
