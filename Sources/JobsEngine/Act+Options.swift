import Jobs

extension Act {
    /// Returns the act with what a controller decides for jobs that do not decide it themselves.
    ///
    /// - Returns: `nil` if the act leaves nothing to decide.
    func decided(by options: JobsController.Options) -> Act? {
        switch self {
        case .fail(var failure):
            failure.policy = options.retry
            failure.maxRetries = options.maxRetries
            failure.chance = Double.random(in: -1...1)
            return .fail(failure)
        case .replay(var replay):
            replay.maxRetries = options.maxRetries
            return .replay(replay)
        default: return nil
        }
    }
}
