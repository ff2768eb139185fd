internal import DequeModule
internal import Foundation
internal import Synchronization

/// A few threads for blocking calls, with a bounded queue.
///
/// Ready-made thread pools have an unbounded queue, and return to a cancelled caller only when a
/// thread takes its call; both are harmful when the database hangs. Threads start when first
/// needed.
final class BlockingThreads: Sendable {
    private let shared: SharedState

    /// - Parameters:
    ///   - count: how many calls may run at a time.
    ///   - queueLimit: how many more may wait.
    ///   - patience: how long each of those may wait, accurate to a quarter of a second.
    ///   - refusal: the error kind for a call that has waited for that long.
    init(
        name: String, count: Int, queueLimit: Int, patience: Duration = .seconds(10),
        refusal: @escaping @Sendable (Duration) -> MongoError.Kind = { _ in .unreachable }
    ) {
        shared = SharedState(
            name: name, count: count, queueLimit: queueLimit, patience: patience, refusal: refusal)
    }

    deinit { shared.stop() }

    /// Runs a blocking call on one of the threads.
    ///
    /// If the task is cancelled while its call waits, this returns at once and the call is dropped;
    /// a call that runs is left to finish.
    /// - Throws: the error of the call; `CancellationError`; ``MongoError`` of the kinds
    ///   `overloaded`, at once, if the queue is full, `refusal` if the call waits longer than
    ///   `patience`, and `closed` after ``stop()``.
    func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let call = Call(
                    ticket: ticket,
                    perform: { continuation.resume(with: Swift.Result(catching: body)) },
                    refuse: { continuation.resume(throwing: $0) })
                if let refusal = shared.enqueue(call) { call.refuse(refusal) }
            }
        } onCancel: {
            shared.cancel(ticket)?.refuse(CancellationError())
        }
    }

    /// How many calls run, and how many wait.
    var use: (running: Int, waiting: Int) { shared.use }

    /// Refuses waiting and further calls. Returns when the running ones have ended.
    func stop() async {
        shared.stop()
        await withCheckedContinuation { shared.whenEnded($0) }
    }
}

/// Identifies a call, even before it is queued.
private final class Ticket: Sendable {
    let isCancelled = Atomic(false)
}

private struct Call {
    let ticket: Ticket
    let since = ContinuousClock.now
    let perform: @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
}

/// The state shared by the threads. It outlives its owner until the last thread has ended.
///
/// @unchecked: every `var` is accessed only while `condition` is locked.
private final class SharedState: @unchecked Sendable {
    private let name: String
    private let count: Int
    private let queueLimit: Int
    private let patience: Duration
    private let refusal: @Sendable (Duration) -> MongoError.Kind
    private let condition = NSCondition()
    private var waiting = Deque<Call>()
    private var started = 0
    private var idle = 0
    private var isWatched = false
    private var isStopped = false
    private var endObservers: [CheckedContinuation<Void, Never>] = []

    init(
        name: String, count: Int, queueLimit: Int, patience: Duration,
        refusal: @escaping @Sendable (Duration) -> MongoError.Kind
    ) {
        self.name = name
        self.count = count
        self.queueLimit = queueLimit
        self.patience = patience
        self.refusal = refusal
    }

    /// - Returns: the error that refuses the call, or nil if it was queued.
    func enqueue(_ call: Call) -> (any Error)? {
        condition.withLock {
            if isStopped { return MongoError(.closed, message: "The client was shut down") }
            if call.ticket.isCancelled.load(ordering: .relaxed) { return CancellationError() }
            guard waiting.count < idle + (count - started) + queueLimit else {
                return MongoError(
                    .overloaded, message: "\(waiting.count) calls are waiting for the database")
            }
            waiting.append(call)
            if waiting.count > idle, started < count {
                started += 1
                startThread()
            } else {
                condition.signal()
            }
            if waiting.count > idle, !isWatched {
                isWatched = true
                startWatch()
            }
            return nil
        }
    }

    var use: (running: Int, waiting: Int) { condition.withLock { (started - idle, waiting.count) } }

    /// - Returns: the call, if it was waiting.
    func cancel(_ ticket: Ticket) -> Call? {
        condition.withLock {
            ticket.isCancelled.store(true, ordering: .relaxed)
            return waiting.firstIndex { $0.ticket === ticket }.map { waiting.remove(at: $0) }
        }
    }

    func stop() {
        let refused = condition.withLock {
            isStopped = true
            condition.broadcast()
            defer { waiting.removeAll() }
            return waiting
        }
        for call in refused {
            call.refuse(MongoError(.closed, message: "The client was shut down"))
        }
    }

    func whenEnded(_ continuation: CheckedContinuation<Void, Never>) {
        let hasEnded = condition.withLock {
            if started > 0 { endObservers.append(continuation) }
            return started == 0
        }
        if hasEnded { continuation.resume() }
    }

    private func startThread() {
        let thread = Thread { [self] in
            while let call = next() { call.perform() }
            let observers = condition.withLock {
                started -= 1
                return started == 0 ? endObservers : []
            }
            for observer in observers { observer.resume() }
        }
        thread.name = name
        thread.start()
    }

    /// Refuses calls that wait too long, until none waits. A separate thread, because behind a
    /// database that hangs all other threads are in a call.
    private func startWatch() {
        let watch = Thread { [self] in
            while hasWaitingCalls() {
                Thread.sleep(forTimeInterval: 0.25)
                for call in takeOverdue() {
                    call.refuse(
                        MongoError(
                            refusal(patience), message: "No connection came free within \(patience)"
                        ))
                }
            }
        }
        watch.name = name
        watch.start()
    }

    private func hasWaitingCalls() -> Bool {
        condition.withLock {
            isWatched = !waiting.isEmpty
            return isWatched
        }
    }

    /// Removes the calls that have waited too long from the queue, which is in order of arrival.
    private func takeOverdue() -> [Call] {
        condition.withLock {
            let now = ContinuousClock.now
            var overdue: [Call] = []
            while let first = waiting.first, first.since.duration(to: now) >= patience,
                let call = waiting.popFirst()
            {
                overdue.append(call)
            }
            return overdue
        }
    }

    /// Waits for a call; nil tells the thread to end.
    private func next() -> Call? {
        condition.withLock {
            while waiting.isEmpty, !isStopped {
                idle += 1
                condition.wait()
                idle -= 1
            }
            return waiting.popFirst()
        }
    }
}
