import NIOCore
import NIOHTTP1

/// Writes answers to the socket: sets their connection headers, and decides what follows them.
extension HTTP1Edge {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Too late: a 400 has already been written for this request.
        guard ending == .notYet else {
            client.takeUndo()?()
            promise?.fail(ChannelError.outputClosed)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = true
            // The event loop may be notified of a stop after clients see that nothing is accepted
            // any more.
            if isStopping || stop.isSet { beginToStop(context) }
            isLastAnswer = endsConnection(head)
            if isLastAnswer || !takesRequests && failure == nil && unanswered.count == 1 {
                // For an HTTP/1.0 client, an answer without length ends with the connection.
                if unanswered.first?.isOld == true, !head.hasLength { head.version = .http1_0 }
                head.headers.replaceOrAdd(name: "connection", value: "close")
            } else {
                addKeepAlive(&head.headers)
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

    /// Whether the connection cannot be kept open after this answer.
    private func endsConnection(_ head: HTTPResponseHead) -> Bool {
        guard !head.hasLength else {
            return head.status == .badRequest
                && head.headers.first(name: "connection") == "close"
        }
        return unanswered.first?.isOld == true
    }

    /// Tells a client that the connection is kept, and for how long.
    private func addKeepAlive(_ headers: inout HTTPHeaders) {
        // HTTP/1.1 keeps connections by default.
        if let first = unanswered.first, first.isOld, first.isKeepAlive {
            headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        if takesRequests, let keepAlive { headers.add(name: "keep-alive", value: keepAlive) }
    }
}

extension HTTPResponseHead {
    /// Whether a client can tell where the answer ends without chunks or the end of the connection.
    fileprivate var hasLength: Bool {
        headers.contains(name: "content-length") || !status.mayHaveResponseBody
            || status.code < 200
    }
}
