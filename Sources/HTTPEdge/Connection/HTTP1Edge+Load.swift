import NIOCore
import NIOHTTP1

/// Refuses operations over the load limit here, before they cost more than their head.
extension HTTP1Edge {
    /// A delayed refusal; sent earlier if the client sends something.
    struct HeldRefusal {
        let head: HTTPRequestHead
        let timer: Scheduled<Void>
    }

    func isTooMuch(_ context: ChannelHandlerContext) -> Bool {
        guard let load = client.load else { return false }
        let loop = context.eventLoop.assumeIsolated()
        return load.isLimitReached(isLate: delay?.isTooLong(execute: loop.execute) == true)
    }

    /// Refuses a request that was read completely: at once or, when there are many to refuse, after
    /// a delay. Clients that retry without a pause would otherwise be refused many thousand times a
    /// second, at the cost of the clients that are served.
    func refuse(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        refusals.countOverload()
        let pause = client.load?.pauseOfRefusal() ?? .zero
        guard pause > .zero, !isStopping, !isInputClosed else { return say(head, context) }
        let loop = context.eventLoop.assumeIsolated()
        let timer = loop.scheduleTask(in: TimeAmount(pause)) { [self] in sayHeldRefusal(context) }
        heldRefusal = HeldRefusal(head: head, timer: timer)
    }

    func sayHeldRefusal(_ context: ChannelHandlerContext) {
        guard let held = heldRefusal.take() else { return }
        held.timer.cancel()
        say(held.head, context)
    }

    private func say(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        for part in overloadAnswers.parts(for: head) {
            write(context: context, data: wrapOutboundOut(part), promise: nil)
        }
        context.flush()
    }
}
