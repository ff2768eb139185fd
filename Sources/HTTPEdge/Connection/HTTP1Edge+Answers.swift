import NIOCore
import NIOHTTP1

/// Answers on their way to the socket: what they say of the connection, and what follows behind them.
extension HTTP1Edge {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Too late: the 400 for this very request has been written.
        guard ending == .notYet else {
            client.takeUndo()?()
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            // The connection's event loop may hear of a stop after others see that nothing is accepted.
            if isStopping || stop.isSet { beginToStop(context) }
            isLastAnswer = endsConnection(head)
            if isLastAnswer || !takesRequests && failure == nil && unanswered.count == 1 {
                // Its client takes the end of the connection for that of the answer.
                if unanswered.first?.isOld == true, !head.hasLength { head.version = .http1_0 }
                head.headers.replaceOrAdd(name: "connection", value: "close")
            } else {
                sayKept(&head.headers)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            _ = unanswered.popFirst()
            if isLastAnswer {
                takesRequests = false
                isReading = false
                unanswered.removeAll()
            }
            client.load?.endUnlessHandled()
            context.write(data, promise: undoing(context, promise))
            sayContinueWhenDue(context)
            endWhenDue(context)
            if unanswered.isEmpty, !isReading, !isIdle {
                isIdle = true
                idle?.isIdle()
            }
            readIfHeld(context)
        }
    }

    /// Whether the connection cannot be kept behind this answer.
    private func endsConnection(_ head: HTTPResponseHead) -> Bool {
        guard !head.hasLength else {
            return head.status == .badRequest
                && head.headers.first(name: "connection") == "close"
        }
        return unanswered.first?.isOld == true
    }

    /// Tells a client that the connection is kept, and for how long.
    private func sayKept(_ headers: inout HTTPHeaders) {
        // Later versions take it for granted.
        if let first = unanswered.first, first.isOld, first.isKeepAlive {
            headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        if takesRequests, let keepAlive { headers.add(name: "keep-alive", value: keepAlive) }
    }
}

extension HTTPResponseHead {
    /// Whether a client sees where the answer ends without the end of the connection or chunks.
    fileprivate var hasLength: Bool {
        headers.contains(name: "content-length") || !status.mayHaveResponseBody
            || status.code < 200
    }
}
