import NIOCore
import NIOHTTP1

/// Operations that are one too many: they are refused here, before they cost more than their head.
extension HTTP1Edge {
    /// A refusal that a client gets later, unless it sends something earlier.
    struct HeldRefusal {
        let head: HTTPRequestHead
        let timer: Scheduled<Void>
    }

    func isTooMuch(_ context: ChannelHandlerContext) -> Bool {
        guard let load = client.load else { return false }
        let loop = context.eventLoop.assumeIsolated()
        return load.isLimitReached(isLate: delay?.isTooLong(execute: loop.execute) == true)
    }

    /// Refuses a request that has come whole: at once, or, when there is much to refuse, after a
    /// while. Clients that come back without a pause would else be refused many thousand times a
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
