/// How an endpoint listens and what it takes.
public struct EndpointOptions: Sendable {
    public var host: String
    /// 0: one that is free.
    public var port: Int
    /// Nil: plain HTTP.
    public var tls: TLSFiles?
    /// Answer every request 503 and do nothing.
    public var maintenanceEnabled: Bool
    /// The largest body that is taken, in bytes.
    public var requestMaxSize: Int
    /// Headers that pages of other origins may send and read.
    public var corsHeaders: [String]
    /// Origins whose pages may call. An empty list, or one with `*`: all; only `none`: none but the
    /// service's own.
    public var corsOrigins: [String]
    /// After so long without a byte, between requests or within one, a connection is closed. Longer than
    /// the 60 seconds for which load balancers keep theirs: the side that sends requests has to be the
    /// one that closes.
    public var idleTimeout: Duration
    /// The largest head of a request, in bytes.
    public var headerMaxSize = 64 << 10
    /// How long a request's head may take from its first byte to its last, and its body then.
    public var headerTimeout = Duration.seconds(10)
    public var bodyTimeout = Duration.seconds(60)
    /// The most connections at a time; further ones are answered 503 and closed, but for those that ask
    /// how the service is.
    public var maxConnections = 10_000
    /// The most connections beyond ``maxConnections``; `nil`: 100 and a tenth of them.
    public var maxRefusedConnections: Int?
    var refusedConnections: Int { maxRefusedConnections ?? 100 + maxConnections / 10 }
    /// The most operations in work at a time, those that wait for something included; further ones are
    /// answered 503.
    public var maxRequests = 10_000
    /// The bytes that all bodies together may take up that are being received or worked on; further
    /// ones are answered 503.
    public var bodyMemory = 256 << 20
    /// The bytes that large answers together may take up that clients have not read yet; further
    /// operations are answered 503.
    public var answerMemory = 256 << 20
    /// After so long without a byte that a client takes of what is written to it, its connection is
    /// closed.
    public var writeTimeout = Duration.seconds(60)
    /// What operations may take on the average before further ones are refused, 503: those that are
    /// taken are then served in about this time, whatever comes. Where an operation takes more than a
    /// quarter of it by itself it is four times that. Zero: they may take as long as they take.
    public var targetLatency = Duration.milliseconds(30)
    /// How long a connection may take, once the endpoint stops, to send the rest of a request or
    /// to read the rest of an answer. Requests in work have all the time they take.
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
}
