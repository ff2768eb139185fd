import AsyncHTTPClient
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// A client of a service over HTTP: this one, or one of the originals, which know less.
///
/// Connections are kept and used again. A call whose request cannot have reached anybody, or was
/// turned away undone, is made again after a pause; so is one that may have been carried out, but only
/// where twice is as good as once: reads, and changes of a lease that show its token. A claim or an
/// add is never repeated blindly. What has failed for good is thrown as ``JobsClientError``.
///
/// Where the service does not know the operations on many jobs, each is asked for by itself.
public final class HTTPJobsClient: JobsClient {
    let transport: HTTPTransport
    private let logger: Logger?
    /// When an operation was found to be unknown to the service.
    private let missing = Mutex<[String: ContinuousClock.Instant]>([:])

    /// A service may be replaced by one that knows more.
    private static let missingFor = Duration.seconds(60)

    /// - Parameter logger: hears of repeated calls, at debug.
    /// - Throws: ``HTTPJobsClientConfigError``
    public init(_ options: HTTPJobsClientOptions, logger: Logger? = nil) throws {
        transport = try HTTPTransport(options)
        self.logger = logger
    }

    /// A client with the options that nobody has to think of.
    /// - Parameter url: such as `http://localhost:8080`
    public convenience init(url: String) throws {
        try self.init(HTTPJobsClientOptions(url: url))
    }

    deinit {
        // Does nothing if it was shut down before.
        transport.client.shutdown { _ in }
    }

    /// Closes the connections; calls that are under way fail. A client that is given up unused for good
    /// does it by itself, but nobody can wait for that.
    public func shutdown() async {
        await withCheckedContinuation { done in
            transport.client.shutdown { _ in done.resume() }
        }
    }

    /// - Returns: the JSON of the answer; nil for none.
    func send(_ request: HTTPTransport.Request) async throws -> JSONValue? {
        let options = transport.options
        let end = options.deadline.map { ContinuousClock.now + $0.bounded + request.wait.bounded }
        let shortest = options.retryPause.bounded
        var pauses = Backoff(first: shortest, longest: shortest * 50)
        var retries = options.retries
        var answer: JobsClientError?
        while true {
            do {
                return try await transport.sendOnce(request, until: end)
            } catch let error as JobsClientError {
                if error.status != nil { answer = error }
                let asked = error.retryAfter ?? .zero
                let pause = max(pauses.next(), asked)
                guard
                    retries > 0,
                    error.kind == .unavailable || (error.isRetryable && request.mayBeRepeated),
                    // More patience than a call has is for the caller to have.
                    asked <= options.timeout, end.map({ ContinuousClock.now + pause < $0 }) ?? true
                else { throw error.after(answer) }
                retries -= 1
                logger?.debug("Calling \(request.operation) again", error: error)
                try await Task.sleep(for: pause)
            }
        }
    }

    /// Sends a request of an operation that not every service knows.
    /// - Returns: nil if this one does not.
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
}

extension HTTPJobsClient: Service {
    /// For service groups: keeps the client until the group is shut down, then closes it.
    public func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }
}
