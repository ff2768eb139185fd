import Logging
import NIOCore
import Platform

/// Lets an endpoint rest when the system gives it nothing for a further connection, such as a file
/// descriptor: the connection stays in the backlog, and asking again at once would take a whole
/// processor.
///
/// To stand first in the pipeline of the channel that listens: NIO's own handler delays the reads that
/// it is asked for, but a channel whose accept has failed goes on by itself.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let pause = TimeAmount.milliseconds(100)
    /// For as long nothing must fail before it is said to be over.
    private static let calm = TimeAmount.milliseconds(500)
    /// A service at its limit must not fill the log.
    private static let silence = TimeAmount.seconds(60)

    private let logger: Logger
    /// The last failure since all was well.
    private var lastFailure: NIODeadline?
    private var lastSaid: NIODeadline?
    private var hasSaid = false

    init(logger: Logger) {
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let failure = lastFailure, context.eventLoop.now - failure > Self.calm {
            lastFailure = nil
            if hasSaid { logger.notice("Connections are accepted again") }
            hasSaid = false
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let shortages = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
        guard let failure = error as? IOError, shortages.contains(failure.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let now = context.eventLoop.now
        let isSilent = lastSaid.map { now - $0 < Self.silence } ?? false
        if lastFailure == nil, !isSilent {
            hasSaid = true
            lastSaid = now
            logger.warning(
                "No connections can be accepted until others are closed, raise the limit of open files",
                error: error)
        }
        lastFailure = now
        rest(context)
    }

    private func rest(_ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            guard context.channel.isActive else { return }
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
