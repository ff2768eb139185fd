import Jobs

extension Act {
    /// Returns the act with the defaults of a controller for jobs without settings of their own.
    ///
    /// - Returns: `nil` if the act does not use any of these defaults.
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
