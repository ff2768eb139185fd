/// How an endpoint listens, and its limits.
public struct EndpointOptions: Sendable {
    public var host: String
    /// 0 chooses a free port.
    public var port: Int
    /// `nil` serves plain HTTP.
    public var tls: TLSFiles?
    /// Answers every request with 503 and does nothing else.
    public var maintenanceEnabled: Bool
    /// The largest body that is accepted, in bytes.
    public var requestMaxSize: Int
    /// Headers that pages of other origins may send and read.
    public var corsHeaders: [String]
    /// Whether callers need no key.
    public var isOpen = true
    /// Origins whose pages may call the service. An empty list, or one with `*`, allows all; a list
    /// with only `none` allows none but the service's own.
    public var corsOrigins: [String]
    /// A connection that receives no byte for this long, between requests or within one, is closed.
    /// Longer than the 60 seconds for which load balancers keep their connections: the side that
    /// sends requests has to be the one that closes.
    public var idleTimeout: Duration
    /// The largest head of a request, in bytes.
    public var headerMaxSize = 64 << 10
    /// How long a request's head may take from its first byte to its last, and then its body.
    public var headerTimeout = Duration.seconds(10)
    public var bodyTimeout = Duration.seconds(60)
    /// The most connections at a time; further ones are answered 503 and closed, except those that
    /// send a health probe.
    public var maxConnections = 10_000
    /// The most connections beyond ``maxConnections``; `nil`: 100 plus a tenth of them.
    public var maxRefusedConnections: Int?
    var refusedConnections: Int { maxRefusedConnections ?? 100 + maxConnections / 10 }
    /// The most operations in progress at a time, waiting ones included; further ones are
    /// answered 503.
    public var maxRequests = 10_000
    /// The most memory, in bytes, for all bodies that are being received or handled; further ones
    /// are answered 503.
    public var bodyMemory = 256 << 20
    /// The most memory, in bytes, for all large answers that clients have not read yet; further
    /// operations are answered 503.
    public var answerMemory = 256 << 20
    /// A connection whose client reads no byte of its answer for this long is closed.
    public var writeTimeout = Duration.seconds(60)
    /// The average latency of operations above which further ones are refused with 503; the
    /// accepted ones are served in about this time under any load. If an operation alone takes more
    /// than a quarter of it, the target is four times the latency of that operation. Zero disables
    /// the limit.
    public var targetLatency = Duration.milliseconds(30)
    /// How long a connection may take, once the endpoint stops, to send the rest of a request or
    /// to read the rest of an answer. Requests in progress are not limited.
    public var shutdownGrace: Duration

    public init(
        host: String = "0.0.0.0", port: Int, tls: TLSFiles? = nil, maintenanceEnabled: Bool = false,
        requestMaxSize: Int = 1 << 20, corsHeaders: [String] = [], corsOrigins: [String] = [],
        idleTimeout: Duration = .seconds(75), shutdownGrace: Duration = .seconds(5)
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.maintenanceEnabled = maintenanceEnabled
        self.requestMaxSize = requestMaxSize
        self.corsHeaders = corsHeaders
        self.corsOrigins = corsOrigins
        self.idleTimeout = idleTimeout
        self.shutdownGrace = shutdownGrace
    }

    /// Whether only programs on this machine can connect.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
