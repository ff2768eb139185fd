import Jobs
import JobsEngine

extension ComponentKind {
    /// The rules for jobs.
    static let controller = ComponentKind(
        pattern: "pip-services-jobs:controller:default:*:1.0",
        keys: ["options.clean_interval", "options.max_retries", "dependencies.persistence"]
            + RetryPolicy.keys + Retention.keys,
        unusedKeys: ["options.debug"]
    ) { config, _ in
        var settings = ControllerSettings()
        if let interval = try config.integer("options.clean_interval") {
            settings.options.cleanInterval = interval
        }
        if let maxRetries = try config.count("options.max_retries", in: 0 ... .max) {
            settings.options.maxRetries = maxRetries
        }
        settings.options.retry = try RetryPolicy(config)
        settings.options.retention = try Retention(config)
        settings.persistence = try config.reference("dependencies.persistence")
        return .controller(settings)
    }
}

extension RetryPolicy {
    fileprivate static let keys: KeyPatterns = [
        "options.retry.backoff", "options.retry.delay", "options.retry.max_delay",
        "options.retry.jitter",
    ]

    /// The policy for jobs without their own. Keys that are not set have the defaults of a policy.
    fileprivate init(_ config: ComponentConfig) throws {
        self.init(
            backoff: try config.choice("options.retry.backoff"),
            delay: try config.integer("options.retry.delay", in: 0 ... .max),
            maxDelay: try config.integer("options.retry.max_delay", in: 0 ... .max),
            jitter: try config.number("options.retry.jitter", in: 0...1))
    }
}

extension Retention {
    fileprivate static let keys: KeyPatterns = [
        "options.retention.completed", "options.retention.failed", "options.retention.cancelled",
        "options.retention.expired",
    ]

    fileprivate init(_ config: ComponentConfig) throws {
        self.init()
        let kept = { (name: String, standard: Int64) in
            try config.integer("options.retention.\(name)") ?? standard
        }
        completed = try kept("completed", completed)
        failed = try kept("failed", failed)
        cancelled = try kept("cancelled", cancelled)
        expired = try kept("expired", expired)
    }
}
