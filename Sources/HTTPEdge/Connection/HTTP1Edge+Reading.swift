import NIOCore

/// Decides when to read from the socket: not after a request in progress, nor while answers cannot
/// be written.
extension HTTP1Edge {
    /// After a request in progress, only the bytes that arrived with it are read: the rest waits in
    /// the socket, where it costs this process no memory. Nor is a request read whose answer could
    /// not be written.
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
