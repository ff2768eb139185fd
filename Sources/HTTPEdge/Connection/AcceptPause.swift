import Logging
import NIOCore
import Platform

/// Pauses accepting when the system has no resources for another connection, such as file
/// descriptors. The connection stays in the backlog, and retrying at once would use a whole
/// processor.
///
/// Must be first in the pipeline of the listening channel: NIO's own handler delays the reads that
/// it is asked for, but a channel whose accept failed continues without asking.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private static let pause = TimeAmount.milliseconds(100)
    /// How long accepting must not fail before the shortage counts as over.
    private static let calm = TimeAmount.milliseconds(500)
    /// The least time between two warnings, so that a service at its limit does not fill the log.
    private static let warningInterval = TimeAmount.seconds(60)

    private let logger: Logger
    /// The last failure of the current shortage; `nil` outside of one.
    private var lastFailure: NIODeadline?
    private var lastWarning: NIODeadline?
    private var hasWarned = false

    init(logger: Logger) {
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let failure = lastFailure, context.eventLoop.now - failure > Self.calm {
            lastFailure = nil
            if hasWarned { logger.notice("Accepting connections again") }
            hasWarned = false
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let shortages = [EMFILE, ENFILE, ENOBUFS, ENOMEM]
        guard let failure = error as? IOError, shortages.contains(failure.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        let now = context.eventLoop.now
        let warnedRecently = lastWarning.map { now - $0 < Self.warningInterval } ?? false
        if lastFailure == nil, !warnedRecently {
            hasWarned = true
            lastWarning = now
            logger.warning(
                "Cannot accept connections until others close; raise the limit of open files",
                error: error)
        }
        lastFailure = now
        pauseAccepting(context)
    }

    private func pauseAccepting(_ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            guard context.channel.isActive else { return }
            try? context.channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }
}
