import Dispatch
import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization

/// Runs the task of a connection on the thread of its event loop while requests come one at a time,
/// else on other threads.
///
/// A change of threads takes about as long as the rest of a short request, so a client that is
/// alone is answered sooner, with less CPU time. If several requests come at once, the other
/// threads are awake anyway, and the event loops are better left to the connections.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    /// The number of requests in progress.
    private static let requests = Atomic(0)
    /// How many more jobs run on other threads, because requests came together shortly before.
    private static let crowd = Atomic(0)
    /// The value of ``crowd`` after requests that came together: the jobs of a few dozen requests.
    private static let caution = 256
    /// Not the threads of Swift's own executor: it would count as another executor, and each call
    /// of an asynchronous function would change threads to come back to this one.
    private static let others = DispatchQueue.global()

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let run: @Sendable () -> Void = { [self] in
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
        if Self.crowd.load(ordering: .relaxed) > 0 {
            Self.crowd.subtract(1, ordering: .relaxed)
            Self.others.async(execute: run)
        } else {
            loop.execute(run)
        }
    }

    /// Handles a request, and counts it as one in progress.
    static func withRequest<Result>(_ handle: () async throws -> Result) async throws -> Result {
        if requests.add(1, ordering: .relaxed).newValue > 1 {
            crowd.store(caution, ordering: .relaxed)
        }
        defer { requests.subtract(1, ordering: .relaxed) }
        return try await handle()
    }
}

extension Request {
    /// The maximum length of a body that is handled on an event loop, in bytes: its JSON is read in
    /// a fraction of a millisecond.
    private static let shortBody = 16 << 10

    /// Whether the request is expected to need so little time that its connection's event loop can
    /// run it. A loop serves no other connection in the meantime.
    var isShort: Bool {
        for field in headers {
            switch field.name {
            case .contentEncoding, .transferEncoding: return false
            case .contentLength:
                guard let length = Int(field.value), length <= Self.shortBody else { return false }
            default: break
            }
        }
        return true
    }
}
