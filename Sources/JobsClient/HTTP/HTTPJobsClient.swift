import AsyncHTTPClient
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// A client of a jobs service over HTTP, also of older services with fewer operations.
///
/// Connections are kept and reused. A call is repeated after a pause if its request cannot have
/// reached the service, or if the service refused it without doing anything. A call that may have
/// been carried out is repeated only if it is idempotent: a read, or a change with the token of the
/// lease. A cancellation and a replay of jobs by their ids are idempotent as well. Adds and claims
/// by type are sent with a request id, so that the service serves each of them once; they are
/// repeated if the service says that it knows request ids. A replay by a filter, a start by id or a
/// removal is not repeated in this case. A call that fails finally throws ``JobsClientError``.
///
/// If the service does not know an operation on many jobs, the client sends a request for each job.
public final class HTTPJobsClient: JobsClient {
    let transport: HTTPTransport
    private let logger: Logger?
    /// The operations that the service does not know, and when that was found.
    private let missing = Mutex<[String: ContinuousClock.Instant]>([:])

    /// How long an operation is assumed to be unknown, since a service can be upgraded.
    private static let missingFor = Duration.seconds(60)

    /// Creates a client with options.
    ///
    /// - Parameters:
    ///   - options: The address of the service and the settings of the calls.
    ///   - logger: Logs repeated calls, at debug; `nil` for no log.
    /// - Throws: ``HTTPJobsClientConfigError`` if an option is invalid.
    public init(_ options: HTTPJobsClientOptions, logger: Logger? = nil) throws {
        transport = try HTTPTransport(options)
        self.logger = logger
    }

    /// Creates a client with default options.
    ///
    /// - Parameter url: The URL of the service, such as `http://localhost:8080`.
    /// - Throws: ``HTTPJobsClientConfigError`` if the URL is invalid.
    public convenience init(url: String) throws {
        try self.init(HTTPJobsClientOptions(url: url))
    }

    deinit {
        // Does nothing after an earlier shutdown.
        transport.client.shutdown { _ in }
    }

    /// Closes the connections. Running calls fail.
    ///
    /// A deallocated client also closes its connections, but the caller cannot await that.
    public func shutdown() async {
        await withCheckedContinuation { done in
            transport.client.shutdown { _ in done.resume() }
        }
    }

    /// Sends a request, and repeats it where that is allowed.
    ///
    /// - Returns: The JSON of the answer; `nil` for an answer without data.
    func send(_ request: HTTPTransport.Request) async throws -> JSONValue? {
        let options = transport.options
        let end = options.deadline.map { ContinuousClock.now + $0.bounded + request.wait.bounded }
        let shortest = options.retryPause.bounded
        var pauses = Backoff(first: shortest, longest: shortest * 50)
        var retries = options.retries
        var answer: JobsClientError?
        // The error of an attempt that may have been carried out, if only a request id makes
        // another one safe.
        var doubt: JobsClientError?
        while true {
            var isOld = false
            do {
                if let doubt, try await !knowsRequestIDs(request, until: end) {
                    isOld = true
                    throw doubt
                }
                return try await transport.sendOnce(request, until: end)
            } catch let error as JobsClientError {
                if error.status != nil { answer = error }
                if error.kind == .outcomeUnknown, !request.mayBeRepeated { doubt = doubt ?? error }
                let asked = error.retryAfter ?? .zero
                let pause = max(pauses.next(), asked)
                guard
                    retries > 0, !isOld,
                    error.kind == .unavailable
                        || (error.isRetryable && (request.mayBeRepeated || request.isIdentified)),
                    // A pause that is longer than a call is left to the caller.
                    asked <= options.timeout, end.map({ ContinuousClock.now + pause < $0 }) ?? true
                else { throw error.after(answer).unlessUnsent(doubt) }
                retries -= 1
                logger?.debug("Calling \(request.operation) again", error: error)
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Sends a request of an operation that older services do not know.
    ///
    /// - Returns: The answer; `nil` if the service does not know the operation.
    func sendIfKnown(_ request: HTTPTransport.Request) async throws -> JSONValue?? {
        let isMissing = missing.withLock { missing in
            guard let since = missing[request.operation] else { return false }
            return since.duration(to: .now) < Self.missingFor
        }
        if isMissing { return nil }
        do {
            return .some(try await send(request))
        } catch let error as JobsClientError where [404, 405].contains(error.status) {
            missing.withLock { $0[request.operation] = .now }
            return nil
        }
    }

    /// Sends a request of an operation that older services do not know.
    ///
    /// - Throws: ``JobsClientError``, see ``JobsClientError/isUnknownOperation``.
    func sendNew(_ request: HTTPTransport.Request) async throws -> JSONValue? {
        guard let answer = try await sendIfKnown(request) else {
            throw JobsClientError.unknownOperation(request.operation)
        }
        return answer
    }
}

extension HTTPJobsClient: Service {
    /// Keeps the client until the service group shuts down, then closes its connections.
    public func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }
}
