package import Jobs

extension MemoryJobs {
    /// How many jobs are looked at before others are let in: about a millisecond.
    package static let slice = 5000

    /// Looks at all jobs in slices, so that who wants only one need not wait for the whole walk.
    ///
    /// - Parameters:
    ///   - start: the position of the first slice; `nil`: the beginning.
    ///   - visit: takes the next slice behind a position, and returns the position for the one after
    ///     that, nil at the end.
    /// - Throws: what `visit` throws, and `CancellationError` between two slices.
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
