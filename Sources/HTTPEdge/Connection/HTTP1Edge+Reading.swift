import NIOCore

/// When more is read from the socket: not behind a request in work, nor while answers cannot be written.
extension HTTP1Edge {
    /// Behind a request in work no more is read than what came along with it: the rest waits in the
    /// socket, where it costs this process no memory. Nor is anything read whose answer could not be written.
    private var holdsRead: Bool {
        unanswered.count > 1 || hasPartialHead && !isReading && !unanswered.isEmpty
    }

    func read(context: ChannelHandlerContext) {
        if holdsRead || !context.channel.isWritable && !isReading {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    func readIfHeld(_ context: ChannelHandlerContext) {
        guard isReadHeld else { return }
        isReadHeld = false
        readsHeld += 1
        read(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { readIfHeld(context) }
        context.fireChannelWritabilityChanged()
    }
}
