import HTTPTypes
import NIOCore
import NIOHTTP1

/// Ends a connection: after the answers to the requests that have begun, and with an error answer
/// for a client that broke the protocol.
extension HTTP1Edge {
    /// How long such a client may keep its side open once the server's side is closed.
    private static let lingering = TimeAmount.seconds(2)

    /// The longest time to learn that a client that closed its side is gone, and has not only
    /// finished sending: a closed socket resets the connection when it receives data.
    private static let refusal = TimeAmount.milliseconds(100)

    func fail(_ failure: HTTPFailure, _ context: ChannelHandlerContext) {
        // Bytes after the last request do not belong to any request.
        guard self.failure == nil, takesRequests || isReading else { return }
        refusals.count(failure)
        end(with: failure, context)
    }

    func end(with failure: HTTPFailure, _ context: ChannelHandlerContext) {
        sayHeldRefusal(context)
        self.failure = failure
        takesRequests = false
        endWhenDue(context)
    }

    /// Ends the connection once nothing remains to be read or answered.
    func endWhenDue(_ context: ChannelHandlerContext) {
        guard !takesRequests, !isAnswering, ending == .notYet else { return }
        if let failure {
            guard unanswered.count <= (isReading ? 1 : 0) else { return }
            // A request may have been answered before it turned out to be broken: one answer is
            // enough.
            let isAnswered = isReading && unanswered.isEmpty
            if !isAnswered { write(failure, context) }
        } else {
            guard unanswered.isEmpty, !isReading else { return }
        }
        end(context)
    }

    private func write(_ failure: HTTPFailure, _ context: ChannelHandlerContext) {
        var answer = Answer(failure, correlationID: nil).completed()
        answer.headers[.connection] = "close"
        for part in answer.parts { context.write(wrapOutboundOut(part), promise: nil) }
    }

    private func end(_ context: ChannelHandlerContext) {
        ending = .flushing
        if isStopping { closeLater(context, in: shutdownGrace) }
        // An empty write: it completes when everything before it has been sent.
        let flushed = context.eventLoop.makePromise(of: Void.self)
        flushed.futureResult.assumeIsolated().whenComplete { [self] _ in linger(context) }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: flushed)
    }

    private func linger(_ context: ChannelHandlerContext) {
        ending = .lingering
        if undoIfReset != nil, context.channel.isActive {
            return closeLater(context, in: Self.refusal) { edge in
                edge.undoIfReset = nil
                return true
            }
        }
        // Unless the client broke the protocol, nothing follows the last request.
        guard failure != nil || isLastAnswer, !isInputClosed, context.channel.isActive else {
            return context.close(promise: nil)
        }
        context.close(mode: .output, promise: nil)
        closeLater(context, in: Self.lingering)
    }

    func closeLater(
        _ context: ChannelHandlerContext, in time: TimeAmount,
        if condition: @escaping (HTTP1Edge) -> Bool = { _ in true }
    ) {
        scheduledClose?.cancel()
        scheduledClose = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            if condition(self) { context.close(promise: nil) }
        }
    }

    /// A promise that undoes the operation if its answer cannot be sent.
    func undoing(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?)
        -> EventLoopPromise<Void>?
    {
        guard let undo = client.takeUndo() else { return promise }
        if isInputClosed { undoIfReset = undo }
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenFailure { [self] _ in
            undoIfReset = nil
            undo()
        }
        return promise
    }
}
