import NIOCore
import NIOHTTP1

/// The events of a connection besides requests and answers: it opens, receives something that is
/// not HTTP, the client closes its side, the endpoint stops, the connection closes.
extension HTTP1Edge {
    /// How long the client of a connection over the limit may take to send a health probe.
    private static let timeToProbe = TimeAmount.seconds(1)

    func refuseConnection(_ context: ChannelHandlerContext) {
        refusals.countConnection()
        end(with: .overloaded, context)
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        switch admission {
        case .admitted:
            // The stop event misses a connection whose handlers were not in place yet.
            if stop.isSet { beginToStop(context) }
        case .refused:
            let loop = context.eventLoop.assumeIsolated()
            scheduledClose = loop.scheduleTask(in: Self.timeToProbe) { [self] in
                if begun == 0 { refuseConnection(context) }
            }
        case .dropped:
            refusals.countConnection()
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow:
            fail(.headerTooLarge, context)
        case is HTTPParserError:
            fail(.malformedRequest("\(error)"), context)
        case is ByteToMessageDecoderError:
            break  // bytes after a part that was not HTTP
        default:
            context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            client.leave()
            if ending == .lingering { return context.close(promise: nil) }
            sayHeldRefusal(context)
            if isReading { fail(.malformedRequest("it breaks off"), context) }
            takesRequests = false
            endWhenDue(context)
        case is ChannelShouldQuiesceEvent:
            beginToStop(context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func beginToStop(_ context: ChannelHandlerContext) {
        isStopping = true
        sayHeldRefusal(context)
        takesRequests = false
        endWhenDue(context)
        if isReading || isAnswering { limitClientTime(context) }
    }

    /// Once the endpoint stops, limits how long a client may take to send or to read.
    private func limitClientTime(_ context: ChannelHandlerContext) {
        closeLater(context, in: shutdownGrace) { $0.isReading || $0.isAnswering }
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.leave()
        client.load?.endUnlessHandled()
        undoIfReset.take()?()
        // Otherwise the reader of the body would take it for complete.
        if isReading { context.fireErrorCaught(ChannelError.inputClosed) }
        context.fireChannelInactive()
    }
}
