public import NIOSSL

/// Where a service is and how to speak with it.
public struct HTTPJobsClientOptions: Sendable {
    /// Where a correlation id goes: `query`, `headers` or `both`.
    public enum CorrelationIDPlace: String, Sendable {
        case query, headers, both
    }

    /// `http` or `https`, host and port: `https://jobs.example.com:8443`. A path is kept.
    public var url: String
    /// The path of the operations below the URL.
    public var baseRoute = "v1/jobs"
    public var connectTimeout = Duration.seconds(10)
    /// How long one try may take, from the connection to the last byte of the answer; a wait that is
    /// asked for comes on top. Longer than the 15 s after which the service says that its store is away.
    public var timeout = Duration.seconds(20)
    /// How long a call may take with all its repetitions; a wait that is asked for comes on top. `nil`: as
    /// long as they take.
    public var deadline: Duration?
    /// How often a call is made again that may be: see ``HTTPJobsClient``.
    public var retries = 3
    /// The pause before the first repetition; it doubles each time, up to 50 times as much.
    public var retryPause = Duration.milliseconds(100)
    /// Connections at a time; more calls wait for one.
    public var maximumConnections = 64
    public var correlationIDPlace = CorrelationIDPlace.query
    /// An API key or a token (JWT), for services that ask who calls.
    public var token: String?
    /// For `https`: other trust roots than the system's, a certificate of the caller's, ...
    public var tls: TLSConfiguration?

    public init(url: String) {
        self.url = url
    }
}

/// A setting that makes no sense, in a line for the operator.
public struct HTTPJobsClientConfigError: Error, Equatable, CustomStringConvertible {
    /// As the original clients call it: `NO_HOST`, `WRONG_PROTOCOL`, ...
    public let code: String
    public let message: String

    public var description: String { "\(code): \(message)" }
}
