import HTTPTypes
import NIOCore
import NIOHTTP1

/// What HTTP/1 asks of a server beyond requests and answers, next to the socket.
///
/// - Connections are kept or ended as each request says, HTTP/1.0 included. The end comes when
///   the last request has been read and its answer has gone out whole.
/// - `Expect: 100-continue` is answered, or large bodies would come a second late.
/// - What is no HTTP gets a 400 with the standard error body, behind the answers before it.
/// - A request that breaks off is an error to its reader, never a shorter request.
/// - The handler of a request learns when the client disconnects; and what was done for an answer
///   that cannot be sent is undone.
/// - Where too much is in work already, operations are refused before other handlers see them.
/// - When the endpoint stops, what has begun is finished, within a bound for the client's part.
final class HTTP1Edge: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests that are not answered yet, the first in front.
    var unanswered = CircularBuffer<Unanswered>(initialCapacity: 4)
    /// Whether a request's head has come and its end has not.
    var isReading = false
    /// Whether an answer's head has been written and its end has not.
    var isAnswering = false
    /// Whether the request being read waits to be told to go on.
    var owesContinue = false
    private var bodySize = 0
    /// What of a body has come and was not handed on: many small parts go on as one.
    private var gathered: ByteBuffer?
    private static let gatheredSize = 64 << 10
    /// More requests than come with one read.
    private static let mostUnanswered = 1000
    /// The request being read, if it is read only to be refused behind its end.
    private var refused: HTTPRequestHead?
    /// A refusal that is held back, see ``refuse(_:_:)``.
    var heldRefusal: HeldRefusal?
    /// Whether the request being read counts for the load.
    private var isOperation = false
    /// Whether a further request would be taken; if not, the connection ends behind the answers.
    var takesRequests = true
    var failure: HTTPFailure?
    /// Whether the answer that is being written ends the connection, whatever follows its request.
    var isLastAnswer = false
    var isInputClosed = false
    var isStopping = false
    var ending = Ending.notYet
    var scheduledClose: Scheduled<Void>?
    /// Undoes what was done for a client that had closed its side before it was answered.
    var undoIfReset: (@Sendable () -> Void)?
    /// Whether bytes have come since the last whole head or request: a further head has begun.
    var hasPartialHead = false
    /// Whether the channel waits to read on, see ``read(context:)``.
    var isReadHeld = false
    /// How often it has waited: no time of the client's.
    var readsHeld = 0
    /// How many requests have begun, by their heads.
    private(set) var begun = 0
    private var context: ChannelHandlerContext?
    let client: ClientConnection
    let admission: Admission
    /// Where it is said whether the connection is in use.
    let idle: IdleConnections.Entry?
    var isIdle = true
    /// Whether a request only asks how the service is.
    let isProbe: @Sendable (HTTPRequestHead) -> Bool
    let delay: LoopDelay?
    let overloadAnswers: OverloadAnswers
    let stop: StopSign
    let bodyMaxSize: Int
    let shutdownGrace: TimeAmount
    /// What answers say of how long the connection is kept without a request; `nil`: nothing.
    let keepAlive: String?
    let refusals: Refusals

    /// What an answer has to know of its request.
    struct Unanswered {
        /// HTTP/1.0 does not take it for granted that a connection is kept, and knows no chunks.
        let isOld: Bool
        let isKeepAlive: Bool
    }

    enum Ending {
        case notYet
        /// All is written; it has to go out.
        case flushing
        /// A client that broke the rules is given time to read why: closing at once, with something
        /// unread in the socket, would make the system drop what has not arrived yet.
        case lingering
    }

    /// Whether a connection is one too many.
    enum Admission {
        case admitted
        /// It may ask how the service is, once; else its client is told.
        case refused
        /// There are even too many to be told.
        case dropped
    }

    /// What of a request is there in part, with the number of requests that began before.
    enum Receipt: Equatable {
        case nothing
        case head(Int)
        case body(Int)
    }

    /// - Parameters:
    ///   - isProbe: whether a request is answered also where there are too many connections.
    ///   - delay: that of the connection's loop, if it matters.
    ///   - overloadAnswers: to operations that are one too many.
    ///   - stop: whether the endpoint has begun to stop.
    ///   - bodyMaxSize: a body that goes on for longer is not read to its end in order to keep the
    ///     connection.
    ///   - shutdownGrace: how long a client may take for its part once the endpoint stops.
    init(
        client: ClientConnection, admission: Admission = .admitted,
        idle: IdleConnections.Entry? = nil,
        isProbe: @escaping @Sendable (HTTPRequestHead) -> Bool = { _ in false },
        delay: LoopDelay? = nil,
        overloadAnswers: OverloadAnswers, bodyMaxSize: Int, shutdownGrace: Duration,
        keepAlive: String? = nil, refusals: Refusals, stop: StopSign = StopSign()
    ) {
        self.client = client
        self.admission = admission
        self.idle = idle
        self.isProbe = isProbe
        self.delay = delay
        self.overloadAnswers = overloadAnswers
        self.bodyMaxSize = bodyMaxSize
        self.shutdownGrace = TimeAmount(shutdownGrace)
        self.keepAlive = keepAlive
        self.refusals = refusals
        self.stop = stop
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        scheduledClose?.cancel()
        heldRefusal?.timer.cancel()
    }

    var receipt: Receipt {
        guard failure == nil else { return .nothing }
        if isReading { return .body(begun) }
        return hasPartialHead && takesRequests ? .head(begun) : .nothing
    }

    /// Whether what is being received stands behind a request that is still in work.
    var isReadingAhead: Bool { unanswered.count > (isReading ? 1 : 0) }

    /// Something has come, whatever it is; it is decoded next.
    func bytesArrive() {
        hasPartialHead = true
        guard isIdle else { return }
        isIdle = false
        idle?.isInUse()
    }

    /// What has begun to come takes too long to come whole.
    func receiveTimedOut() {
        if let context { fail(.requestTimeout, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            hasPartialHead = false
            sayHeldRefusal(context)
            guard takesRequests else { return }
            if let fault = head.fault { return fail(.malformedRequest(fault), context) }
            // A client that has closed is read to the end of what it sent, however much is unanswered.
            guard unanswered.count < Self.mostUnanswered else {
                takesRequests = false
                return
            }
            if admission == .refused {
                guard isProbe(head) else { return refuseConnection(context) }
                scheduledClose?.cancel()
                takesRequests = false
            }
            isReading = true
            begun += 1
            bodySize = 0
            isOperation = head.method == .POST && unanswered.isEmpty
            refused = isOperation && isTooMuch(context) ? head : nil
            take(head)
            if refused == nil {
                context.fireChannelRead(wrapInboundOut(.head(head.withoutConnection)))
            }
            sayContinueWhenDue(context)
        case .body(let part):
            guard isReading, failure == nil else { return }
            owesContinue = false
            bodySize += part.readableBytes
            guard bodySize <= bodyMaxSize else { return context.close(promise: nil) }
            if refused == nil { gather(part, context) }
        case .end:
            guard isReading, failure == nil else { return }
            owesContinue = false
            hasPartialHead = false
            isReading = false
            if let head = refused.take() {
                refuse(head, context)
            } else {
                if isOperation, unanswered.count == 1, !isAnswering { client.load?.begin() }
                handOn(context)
                context.fireChannelRead(data)
            }
            endWhenDue(context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        handOn(context)
        context.fireChannelReadComplete()
    }

    /// A chunk of a byte costs as much as a large one once it is handed on, and a client chooses the size.
    private func gather(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        if gathered == nil { gathered = part } else { gathered?.writeImmutableBuffer(part) }
        if gathered?.readableBytes ?? 0 >= Self.gatheredSize { handOn(context) }
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard let part = gathered.take(), failure == nil else { return }
        context.fireChannelRead(wrapInboundOut(.body(part)))
    }

    private func take(_ head: HTTPRequestHead) {
        if !head.isKeepAlive { takesRequests = false }
        unanswered.append(
            Unanswered(isOld: head.version.minor == 0, isKeepAlive: head.isKeepAlive))
        owesContinue =
            head.version.minor > 0
            && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }

    func sayContinueWhenDue(_ context: ChannelHandlerContext) {
        guard owesContinue, failure == nil, unanswered.count == 1, !isAnswering else { return }
        owesContinue = false
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
}

extension HTTPRequestHead {
    /// What the parser lets pass, and others on the way may take for something else.
    fileprivate var fault: String? {
        // RFC 9112, 3.2
        if version == .http1_1, headers[canonicalForm: "host"].count != 1 {
            return "it needs one Host"
        }
        // RFC 9112, 6.1: with codings that are not undone here.
        let codings = headers[canonicalForm: "transfer-encoding"]
        guard codings.allSatisfy({ $0.lowercased() == "chunked" }), codings.count <= 1 else {
            return "its Transfer-Encoding is not chunked alone"
        }
        return nil
    }

    /// The head for the handlers behind the edge, which alone decides what becomes of the connection.
    fileprivate var withoutConnection: HTTPRequestHead {
        guard headers.contains(name: "connection") else { return self }
        var head = self
        head.headers.remove(name: "connection")
        return head
    }
}
