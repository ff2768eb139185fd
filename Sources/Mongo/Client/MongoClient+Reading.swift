public import BSON
internal import CMongo
internal import Synchronization

extension MongoClient {
    /// Runs a command that reads many documents or takes long, on one of a few separate
    /// connections, and passes on the replies that ``collect(_:on:)`` would return.
    ///
    /// When the task is cancelled, the command is ended at its server, and so is a cursor that is
    /// not needed any more. What the server does not end in time runs until its `maxTimeMS`.
    /// - Parameter onReply: called with each reply, on the thread that waits for them; returns
    ///   whether to continue.
    /// - Throws: as ``run(_:on:as:)``; if the command has waited for 5 s, `unreachable` if no
    ///   server has replied in that time, otherwise `overloaded`.
    public func read(
        _ command: BSONDocument, on database: String,
        onReply: @escaping @Sendable (BSONDocument) -> Bool
    ) async throws {
        let pool = try openPool()
        let reading = Reading()
        try await withTaskCancellationHandler {
            try await metrics.measure(command) { time in
                if let refusal = reachability.refusal() { throw refusal }
                try await readers.run { [reachability] in
                    do {
                        try time {
                            try reachability.run {
                                try pool.runCursor(
                                    command, on: database, awaiting: 0, onBegin: reading.begin,
                                    onEnd: reading.end
                                ) { reply in
                                    !reading.isLeft && onReply(reply)
                                }
                            }
                        }
                    } catch  where reading.isLeft {
                        // The error of a command that was ended.
                        throw CancellationError()
                    }
                }
            }
        } onCancel: {
            guard reading.leave() else { return }
            // Unstructured on purpose: the reader returns when the server has ended the command.
            Task { await end(reading) }
        }
        try Task.checkCancellation()
    }

    /// Ends a command at its server. It may not have arrived there yet, so this is repeated.
    private func end(_ reading: Reading) async {
        for _ in 0..<Self.maximumEndings {
            // A failure leaves the command to its `maxTimeMS`.
            guard let pool = try? openPool(),
                let isRunning = try? await commands.run({ try reading.ended(by: pool.end) }),
                isRunning
            else { return }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// How often the end of a command is requested.
    private static let maximumEndings = 10
}

/// A command that its caller may leave.
private final class Reading: Sendable {
    private struct State {
        var hasBegun = false
        var isLeft = false
    }

    private let state = Mutex(State())
    /// The place of the command while it runs. The lock is held while the command is ended there,
    /// so that its session is not used for another command meanwhile.
    private let place = Mutex<cmongo_place?>(nil)

    var isLeft: Bool { state.withLock { $0.isLeft } }

    /// - Returns: Whether to send the command.
    func begin(_ place: cmongo_place) -> Bool {
        self.place.withLock { $0 = place }
        return state.withLock {
            $0.hasBegun = true
            return !$0.isLeft
        }
    }

    func end() {
        place.withLock { $0 = nil }
    }

    /// - Returns: Whether the command may have been sent.
    func leave() -> Bool {
        state.withLock {
            $0.isLeft = true
            return $0.hasBegun
        }
    }

    /// Ends the command where it runs.
    ///
    /// - Returns: Whether it may still run.
    func ended(by end: (cmongo_place) throws -> Void) throws -> Bool {
        try place.withLock { place in
            guard let place else { return false }
            try end(place)
            return true
        }
    }
}
