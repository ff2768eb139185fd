import ArgumentParser
import JobsClient

/// The delays after failed attempts of a new job.
struct RetryArguments: ParsableArguments {
    @Option(
        name: .customLong("retry-backoff"),
        help: ArgumentHelp(
            """
            How the delay after failed attempts grows: \(RetryPolicy.Backoff.names). (default: the \
            setting of the service, as for the other --retry options)
            """, valueName: "kind"))
    var backoff: BackoffArgument?

    @Option(
        name: .customLong("retry-delay"),
        help: ArgumentHelp(
            "The delay after the first failed attempt: \(TimeArgument.help).", valueName: "time"))
    var delay: TimeArgument?

    @Option(
        name: .customLong("retry-max-delay"),
        help: ArgumentHelp("The longest delay.", valueName: "time"))
    var maxDelay: TimeArgument?

    @Option(
        name: .customLong("retry-jitter"),
        help: ArgumentHelp(
            "The largest random share by which a delay is longer or shorter, from 0 to 1.",
            valueName: "share"))
    var jitter: Double?

    /// The policy; `nil` if no option is given. Members that are not given have their defaults.
    var policy: RetryPolicy? {
        let policy = RetryPolicy(
            backoff: backoff?.backoff, delay: delay?.duration.milliseconds,
            maxDelay: maxDelay?.duration.milliseconds, jitter: jitter)
        return policy == RetryPolicy() ? nil : policy
    }
}

struct BackoffArgument: ExpressibleByArgument {
    let backoff: RetryPolicy.Backoff

    init?(argument: String) {
        guard let backoff = RetryPolicy.Backoff(rawValue: argument) else { return nil }
        self.backoff = backoff
    }
}
