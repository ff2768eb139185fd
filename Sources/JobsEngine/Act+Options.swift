import Jobs

extension Act {
    /// Fills in what a controller decides, for jobs that do not decide it themselves.
    mutating func complete(with options: JobsController.Options) {
        switch self {
        case .fail(var failure):
            failure.policy = options.retry
            failure.maxRetries = options.maxRetries
            failure.chance = Double.random(in: -1...1)
            self = .fail(failure)
        case .replay(var replay):
            replay.maxRetries = options.maxRetries
            self = .replay(replay)
        default: break
        }
    }
}
