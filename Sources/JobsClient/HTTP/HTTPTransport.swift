import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The transport of requests to one service over a pool of connections.
struct HTTPTransport: Sendable {
    /// The content of one request.
    struct Request: Sendable {
        var operation: String
        var body: ByteBuffer
        /// Whether the request is idempotent.
        var mayBeRepeated = false
        /// Whether the request has request ids, with which a service that knows them serves it
        /// once.
        var isIdentified = false
        /// How long the service may hold the request.
        var wait = Duration.zero
        /// Whether the service is to refuse the request if it does not know an argument. Not for
        /// arguments without which an older service does the same work.
        var isStrict = true

        /// The maximum wait that a service accepts.
        static let longestWait = Duration.seconds(60)
    }

    let options: HTTPJobsClientOptions
    let client: HTTPClient
    /// The known support of the service for request ids.
    let requestIDs = RequestIDSupport()
    private let base: String

    /// The maximum size of an answer, in bytes. Answers are held in memory.
    private static let largestAnswer = 1 << 28

    init(_ options: HTTPJobsClientOptions) throws {
        let base = options.url.hasSuffix("/") ? String(options.url.dropLast()) : options.url
        let scheme = base.prefix { $0 != ":" }
        guard ["http", "https"].contains(scheme), base.dropFirst(scheme.count).hasPrefix("://"),
            base.utf8.count > scheme.utf8.count + 3, !base.contains(where: " ?#".contains)
        else {
            throw HTTPJobsClientConfigError(
                code: "WRONG_URL", message: "\(options.url) is not an http or https URL")
        }
        // The message never contains the token, since errors are logged.
        if let token = options.token, !token.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) {
            throw HTTPJobsClientConfigError(
                code: "WRONG_KEY", message: "The key has characters that no key or token can have")
        }
        self.base = "\(base)/\(options.baseRoute.trimmingSlashes)"
        self.options = options
        var configuration = HTTPClient.Configuration()
        configuration.tlsConfiguration = options.tls
        configuration.timeout.connect = options.connectTimeout.timeAmount
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        // This client repeats calls itself, since it knows which ones are idempotent.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            options.maximumConnections
        // Node's servers close idle connections after 5 s, even if a request is on its way.
        configuration.connectionPool.idleTimeout = .seconds(4)
        client = HTTPClient(configuration: configuration)
    }

    /// Sends a request once.
    ///
    /// - Parameter end: The deadline of the answer, in addition to the timeout of one attempt.
    /// - Returns: The JSON of the answer; `nil` for an answer without data.
    /// - Throws: ``JobsClientError``, or `CancellationError`.
    func sendOnce(_ request: Request, until end: ContinuousClock.Instant? = nil) async throws
        -> JSONValue?
    {
        let message = message(for: request)
        let answer: (status: Int, retryAfter: Duration?, knowsRequestIDs: Bool, body: ByteBuffer)
        do {
            let patience = options.timeout.bounded + request.wait.bounded
            let timeout =
                end.map { min(patience, ContinuousClock.now.duration(to: $0)) } ?? patience
            let response = try await client.execute(message, timeout: timeout.timeAmount)
            let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int64($0) }
            answer = (
                Int(response.status.code), retryAfter.map { Duration.seconds($0).bounded },
                response.headers[canonicalForm: "Preference-Applied"].contains("request-id"),
                try await response.body.collect(upTo: Self.largestAnswer)
            )
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw JobsClientError(transport: error)
        }
        guard (200..<300).contains(answer.status) else {
            let error = JobsClientError(
                status: answer.status, retryAfter: answer.retryAfter,
                body: try? JSONOutline(answer.body, recordedDepth: 1).root)
            if request.isIdentified, !answer.knowsRequestIDs, error.mayComplainOfRequestID {
                requestIDs.note(isKnown: false)
            }
            throw error
        }
        if request.isIdentified { requestIDs.note(isKnown: answer.knowsRequestIDs) }
        guard answer.body.readableBytes > 0 else { return nil }
        do {
            // An answer adds a few levels around params of the maximum depth.
            let outline = try JSONOutline(
                answer.body, recordedDepth: 3,
                maximumDepth: JSONOutline.maximumDepth + JSONOutline.enclosingDepth)
            return outline.root.kind == .null ? nil : outline.root
        } catch {
            throw JobsClientError(.notUnderstood, "The answer is not JSON: \(error)", status: 200)
        }
    }

    private func message(for request: Request) -> HTTPClientRequest {
        var url = "\(base)/\(request.operation)"
        let correlationID = CorrelationID.current
        if let correlationID, options.correlationIDPlace != .headers {
            url += "?correlation_id=\(correlationID.percentEncoded())"
        }
        var message = HTTPClientRequest(url: url)
        message.method = .POST
        message.headers.add(name: "Content-Type", value: "application/json")
        // Has the service refuse unknown arguments. The original services ignore this header.
        if request.isStrict { message.headers.add(name: "Prefer", value: "handling=strict") }
        // Has the service say that it knows request ids. Older services ignore this as well.
        if request.isIdentified { message.headers.add(name: "Prefer", value: "request-id") }
        if let token = options.token {
            message.headers.add(name: "Authorization", value: "Bearer \(token)")
        }
        if let correlationID, options.correlationIDPlace != .query {
            // Some characters of an id are not allowed in a header.
            message.headers.add(name: "correlation_id", value: correlationID.asHeader)
        }
        message.body = .bytes(request.body)
        return message
    }
}

extension JobsClientError {
    /// Creates the error of a request without an answer.
    fileprivate init(transport error: any Error) {
        let isUnsent: Bool
        switch error {
        case let error as HTTPClientError:
            isUnsent = [
                .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
                .alreadyShutdown,
            ].contains(error)
        case is NIOConnectionError, is NIOSSLExtraError: isUnsent = true
        case let error as IOError:
            isUnsent = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(
                error.errnoCode)
        case let error as NIOSSLError:
            if case .handshakeFailed = error { isUnsent = true } else { isUnsent = false }
        case let error as ChannelError:
            if case .connectTimeout = error { isUnsent = true } else { isUnsent = false }
        default: isUnsent = false
        }
        // The descriptions of these errors require knowledge of NIO.
        let reason =
            switch error {
            case let error as IOError: String(cString: strerror(error.errnoCode))
            case let error as HTTPClientError where error == .deadlineExceeded:
                "no answer within the time limit"
            default: "\(error)"
            }
        self.init(
            isUnsent ? .unavailable : .outcomeUnknown,
            isUnsent
                ? "The service cannot be reached: \(reason)" : "The connection failed: \(reason)")
    }
}

extension String {
    fileprivate var asHeader: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { 0x20..<0x7F ~= $0.value }))
    }
}

extension Duration {
    fileprivate var timeAmount: TimeAmount {
        .nanoseconds(min(max(milliseconds, 1), 1 << 40) * 1_000_000)
    }
}
