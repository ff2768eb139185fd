public import NIOSSL

/// The address of a jobs service and the settings of calls to it.
public struct HTTPJobsClientOptions: Sendable {
    /// The place of the correlation id in a request.
    public enum CorrelationIDPlace: String, Sendable {
        /// The id is sent as a query parameter.
        case query
        /// The id is sent as a header.
        case headers
        /// The id is sent as a query parameter and as a header.
        case both
    }

    /// The URL of the service, such as `https://jobs.example.com:8443`.
    ///
    /// The scheme is `http` or `https`. The URL may have a path, which comes before ``baseRoute``.
    public var url: String
    /// The path of the operations below the URL.
    public var baseRoute = "v1/jobs"
    /// The maximum time to open a connection.
    public var connectTimeout = Duration.seconds(10)
    /// The maximum time of one attempt, from the connection to the last byte of the answer.
    ///
    /// The wait of a claim is added. The default is longer than the 15 s after which the service
    /// reports that its store is unavailable.
    public var timeout = Duration.seconds(20)
    /// The maximum time of a call with all its repetitions; `nil` for no limit.
    ///
    /// The wait of a claim is added.
    public var deadline: Duration?
    /// The maximum number of repetitions of a call, see ``HTTPJobsClient``.
    public var retries = 3
    /// The pause before the first repetition. It doubles each time, up to 50 times this pause.
    public var retryPause = Duration.milliseconds(100)
    /// The maximum number of open connections. Further calls wait for a free one.
    public var maximumConnections = 64
    /// The place of the correlation id in a request.
    public var correlationIDPlace = CorrelationIDPlace.query
    /// The API key or the token (JWT) of the caller; `nil` for a service without authentication.
    public var token: String?
    /// The TLS settings for `https`, such as trust roots or a client certificate; `nil` for the
    /// default.
    public var tls: TLSConfiguration?

    /// Creates options with default settings.
    ///
    /// - Parameter url: The URL of the service, such as `http://localhost:8080`.
    public init(url: String) {
        self.url = url
    }
}

/// An invalid option of a client, described in one line for the operator.
public struct HTTPJobsClientConfigError: Error, Equatable, CustomStringConvertible {
    /// The code of the error, the same as in the original clients: `NO_HOST`, `WRONG_PROTOCOL`, ...
    public let code: String
    /// The description of the error, without the values of secrets.
    public let message: String

    public var description: String { "\(code): \(message)" }
}
