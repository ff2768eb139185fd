public import BSON
internal import Foundation
internal import Synchronization

/// A MongoDB cluster: commands in, replies out.
///
/// Calls run on threads of their own, one for each connection of the pool, and each holds its
/// connection only while it runs. Connections are made by the first calls, so opening a client does
/// not check the servers. Shut it down before releasing it; otherwise the last release waits for
/// its calls to end.
public final class MongoClient: Sendable {
    /// The options that apply unless the URI sets them. With them no call waits longer than 10 s
    /// for its turn, 15 s for a server and 30 s for a reply; the last two count twice if the call
    /// is retried.
    public static let defaults: [(name: String, value: String)] = [
        ("serverSelectionTimeoutMS", "15000"), ("connectTimeoutMS", "5000"),
        ("socketTimeoutMS", "30000"), ("waitQueueTimeoutMS", "10000"), ("maxPoolSize", "32"),
        ("retryWrites", "true"), ("w", "majority"), ("readPreference", "primary"),
    ]

    /// How many ``follow(_:on:awaiting:onReply:)`` can run at a time, beyond `maxPoolSize`.
    public static let maximumFollowers = 6

    /// How many ``read(_:on:onReply:)`` can run at a time, beyond `maxPoolSize`. Long reads have
    /// their own connections, so that short commands do not wait behind them.
    public static let maximumReaders = 4

    let commands: BlockingThreads
    let readers: BlockingThreads
    private let followers: BlockingThreads
    private let isClosing = Atomic(false)
    private let pool: Mutex<ConnectionPool?>
    private let poolSize: Int
    let metrics = DatabaseMetrics()
    let reachability: Reachability

    /// - Parameters:
    ///   - uri: its `maxPoolSize` is also how many calls run at a time.
    ///   - appName: the name of this client in the servers' logs.
    ///   - queueLimit: how many calls may wait; further ones are refused at once.
    /// - Throws: ``MongoError`` of kind `badURI`, also for unacknowledged writes (`w=0`).
    public init(uri: MongoURI, appName: String, queueLimit: Int = 1024) throws {
        let uri = uri.withDefaults(Self.defaults + [("appname", appName)])
        guard let size = uri[option: "maxPoolSize"].flatMap(Int.init), (1...1000).contains(size)
        else {
            throw MongoError(.badURI, message: "maxPoolSize is not a number from 1 to 1000")
        }
        guard let patience = uri[option: "waitQueueTimeoutMS"].flatMap(Int32.init), patience > 0
        else {
            throw MongoError(.badURI, message: "waitQueueTimeoutMS is not a number of milliseconds")
        }
        guard let selection = uri[option: "serverSelectionTimeoutMS"].flatMap(Int32.init) else {
            throw MongoError(
                .badURI, message: "serverSelectionTimeoutMS is not a number of milliseconds")
        }
        reachability = Reachability(selectionTimeout: .milliseconds(selection))
        poolSize = size
        pool = Mutex(
            try ConnectionPool(uri: uri, room: size + Self.maximumFollowers + Self.maximumReaders))
        commands = BlockingThreads(
            name: "mongo", count: size, queueLimit: queueLimit, patience: .milliseconds(patience))
        readers = BlockingThreads(
            name: "mongo-read", count: Self.maximumReaders, queueLimit: 256,
            patience: .seconds(5), refusal: { [reachability] in reachability.reasonForWait(of: $0) }
        )
        followers = BlockingThreads(
            name: "mongo-follow", count: Self.maximumFollowers, queueLimit: 0)
    }

    /// Runs a command and returns its reply, which is free of errors.
    ///
    /// After a call has timed out in server selection, further calls fail at once for a second, and
    /// then for as long as one of them selects a server again.
    ///
    /// - Parameter command: its first key is its name. `lsid`, `txnNumber`, `$db` and the read or
    ///   write concern are added to it.
    /// - Throws: ``MongoError``; `CancellationError` if the task is cancelled before the call runs.
    ///   A call that runs is left to finish.
    public func run(
        _ command: BSONDocument, on database: String, as kind: MongoCommandKind
    ) async throws -> BSONDocument {
        try await blocking(command) { try $0.run(command, on: database, as: kind) }
    }

    /// Runs a call on one of the threads for short commands, with the metrics of a command.
    func blocking<Value: Sendable>(
        _ command: BSONDocument, _ call: @escaping @Sendable (ConnectionPool) throws -> Value
    ) async throws -> Value {
        let pool = try openPool()
        return try await metrics.measure(command) { time in
            if let refusal = reachability.refusal() { throw refusal }
            return try await commands.run { [reachability] in
                try time { try reachability.run { try call(pool) } }
            }
        }
    }

    /// Runs a command that answers with a cursor (`find`, `aggregate`), and returns its reply and
    /// those of all `getMore` that follow, in order: the first has `cursor.firstBatch`, the others
    /// `cursor.nextBatch`.
    ///
    /// `getMore` cannot be run as a command of its own, because servers answer it only in the
    /// session that opened the cursor. Throws the errors of ``run(_:on:as:)``.
    public func collect(_ command: BSONDocument, on database: String) async throws -> [BSONDocument]
    {
        try await collect(command, on: database) { $0 }
    }

    /// The same as ``collect(_:on:)``, but keeps only what is needed of each reply.
    ///
    /// - Parameter needed: Called with each reply, on the thread that waits for them.
    public func collect<Value: Sendable>(
        _ command: BSONDocument, on database: String,
        needed: @escaping @Sendable (BSONDocument) -> Value
    ) async throws -> [Value] {
        let pool = try openPool()
        return try await metrics.measure(command) { time in
            if let refusal = reachability.refusal() { throw refusal }
            return try await commands.run { [reachability] in
                var values: [Value] = []
                try time {
                    try reachability.run {
                        try pool.runCursor(command, on: database, awaiting: 0) {
                            values.append(needed($0))
                            return true
                        }
                    }
                }
                return values
            }
        }
    }

    /// Follows a cursor that awaits data, such as a change stream (`aggregate` with a
    /// `$changeStream`), on a connection and a thread of its own.
    ///
    /// Returns when `onReply` returns false or the cursor is exhausted. Ends within `awaiting`
    /// milliseconds of the task's cancellation (`CancellationError`) or of ``shutdown()``.
    /// - Parameters:
    ///   - awaiting: how long, in milliseconds, the server waits for data before it sends an empty
    ///     reply; well below `socketTimeoutMS`.
    ///   - onReply: called with each reply, on the thread that waits for them.
    /// - Throws: as ``run(_:on:as:)``, and when the connection breaks; `overloaded` if
    ///   ``maximumFollowers`` are running.
    public func follow(
        _ command: BSONDocument, on database: String, awaiting: Int64 = 1000,
        onReply: @escaping @Sendable (BSONDocument) -> Bool
    ) async throws {
        let pool = try openPool()
        let isCancelled = Flag()
        try await withTaskCancellationHandler {
            try await followers.run { [self] in
                try pool.runCursor(command, on: database, awaiting: awaiting) { reply in
                    guard !isCancelled.isSet, !isClosing.load(ordering: .relaxed) else {
                        return false
                    }
                    return onReply(reply)
                }
            }
        } onCancel: {
            isCancelled.set()
        }
        try Task.checkCancellation()
    }

    /// Refuses further calls, waits for those that run, and closes all connections, for at most
    /// ``shutdownPatience``.
    ///
    /// Calls to a server that does not answer run until their timeouts, and closing a connection
    /// waits for it as well. What is not done in time continues in the background, or ends with the
    /// process.
    public func shutdown() async {
        isClosing.store(true, ordering: .relaxed)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        // Unstructured on purpose: once one is done, the other is not waited for.
        Task.detached { [self] in
            await close()
            end.yield()
        }
        let timer = Task.detached {
            try? await Task.sleep(for: Self.shutdownPatience)
            end.yield()
        }
        for await _ in ends { break }
        timer.cancel()
    }

    /// How long ``shutdown()`` takes at most.
    public static let shutdownPatience = Duration.seconds(2)

    private func close() async {
        await followers.stop()
        await readers.stop()
        await commands.stop()
        let last = Mutex(pool.withLock { $0.take() })
        await withCheckedContinuation { continuation in
            // Closing notifies the server, so it may block.
            Thread.detachNewThread {
                last.withLock { $0 = nil }
                continuation.resume()
            }
        }
    }

    /// How many commands can run at a time, how many are running, and how many wait.
    public var poolUse: (size: Int, inUse: Int, waiting: Int) {
        let (inUse, waiting) = commands.use
        return (poolSize, inUse, waiting)
    }

    func openPool() throws -> ConnectionPool {
        guard let pool = pool.withLock({ $0 }) else {
            throw MongoError(.closed, message: "The client was shut down")
        }
        return pool
    }
}

/// A flag that can only be set.
private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
