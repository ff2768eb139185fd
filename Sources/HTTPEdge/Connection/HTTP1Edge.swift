import HTTPTypes
import NIOCore
import NIOHTTP1

/// The parts of HTTP/1 that a server handles besides requests and answers, next to the socket.
///
/// - Connections are kept or closed as each request asks, HTTP/1.0 included. A connection closes
///   when the last request has been read and its whole answer has been sent.
/// - `Expect: 100-continue` is answered; otherwise large bodies would arrive a second late.
/// - Input that is not HTTP gets a 400 with the standard error body, after the answers before it.
/// - A request that breaks off is an error for its reader, never a shorter request.
/// - The handler of a request is notified when the client disconnects, and an operation whose
///   answer cannot be sent is undone.
/// - Operations over the load limit are refused before other handlers see them.
/// - When the endpoint stops, requests that have begun are finished; the client's part has a
///   timeout.
final class HTTP1Edge: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Requests that are not answered yet, the oldest first.
    var unanswered = CircularBuffer<Unanswered>(initialCapacity: 4)
    /// Whether a request's head has been read and its end has not.
    var isReading = false
    /// Whether an answer's head has been written and its end has not.
    var isAnswering = false
    /// Whether the client of the request being read waits for `100 Continue`.
    var owesContinue = false
    private var bodySize = 0
    /// The part of a body that was not passed on yet: many small parts are merged into one.
    private var gathered: ByteBuffer?
    private static let gatheredSize = 64 << 10
    /// More requests than fit into one read.
    private static let mostUnanswered = 1000
    /// The request being read, if it is to be refused at its end.
    private var refused: HTTPRequestHead?
    /// A delayed refusal, see ``refuse(_:_:)``.
    var heldRefusal: HeldRefusal?
    /// Whether the request being read counts towards the load.
    private var isOperation = false
    /// Whether a further request is accepted; if not, the connection ends after the pending
    /// answers.
    var takesRequests = true
    var failure: HTTPFailure?
    /// Whether the answer being written ends the connection, whatever follows its request.
    var isLastAnswer = false
    var isInputClosed = false
    var isStopping = false
    var ending = Ending.notYet
    var scheduledClose: Scheduled<Void>?
    /// Undoes the operation of a client that closed its side before it was answered.
    var undoIfReset: (@Sendable () -> Void)?
    /// Whether bytes were read since the last complete head or request: another head has begun.
    var hasPartialHead = false
    /// Whether the channel's next read is delayed, see ``read(context:)``.
    var isReadHeld = false
    /// How many reads were delayed; that time does not count against the client.
    var readsHeld = 0
    /// The number of heads that were read.
    private(set) var begun = 0
    private var context: ChannelHandlerContext?
    let client: ClientConnection
    let admission: Admission
    /// Records whether the connection is in use.
    let idle: IdleConnections.Entry?
    var isIdle = true
    /// Whether a request is a health probe.
    let isProbe: @Sendable (HTTPRequestHead) -> Bool
    let delay: LoopDelay?
    let overloadAnswers: OverloadAnswers
    let stop: StopSign
    let bodyMaxSize: Int
    let shutdownGrace: TimeAmount
    /// The value of the `Keep-Alive` header; `nil` sends none.
    let keepAlive: String?
    let refusals: Refusals

    /// A request that is not answered yet, as far as its answer depends on it.
    struct Unanswered {
        /// HTTP/1.0: connections are not kept by default, and there is no chunked coding.
        let isOld: Bool
        let isKeepAlive: Bool
    }

    enum Ending {
        case notYet
        /// Everything is written and waits to be sent.
        case flushing
        /// A client that broke the protocol gets time to read the error: if the socket were closed
        /// with unread bytes in it, the system would discard the data that has not arrived yet.
        case lingering
    }

    /// Whether a connection is within the limits.
    enum Admission {
        case admitted
        /// It may send one health probe; anything else is refused.
        case refused
        /// There are too many even to send a refusal.
        case dropped
    }

    /// Which part of a request is incomplete, with the number of requests that began before.
    enum Receipt: Equatable {
        case nothing
        case head(Int)
        case body(Int)
    }

    /// - Parameters:
    ///   - isProbe: whether a request is answered even when there are too many connections.
    ///   - delay: the read delay of the connection's event loop; nil if the load is not limited.
    ///   - overloadAnswers: the answers to operations over the load limit.
    ///   - stop: whether the endpoint has begun to stop.
    ///   - bodyMaxSize: in bytes; the connection is closed instead of reading a longer body to its
    ///     end.
    ///   - shutdownGrace: how long a client may take to send or read once the endpoint stops.
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

    /// Whether the request being received follows one that is still in progress.
    var isReadingAhead: Bool { unanswered.count > (isReading ? 1 : 0) }

    /// Bytes were received; they are decoded next.
    func bytesArrive() {
        hasPartialHead = true
        guard isIdle else { return }
        isIdle = false
        idle?.isInUse()
    }

    /// A request that has begun takes too long to arrive completely.
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
            // Everything that a closed client sent is read, however many requests are unanswered.
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

    /// Once passed on, a one-byte chunk costs as much as a large one, and the client chooses the
    /// size.
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
    /// A fault that the parser accepts, but that a proxy may interpret differently.
    fileprivate var fault: String? {
        guard !isUsual else { return nil }
        // RFC 9112, 3.2
        if version == .http1_1, headers[canonicalForm: "host"].count != 1 {
            return "it needs one Host"
        }
        // RFC 9112, 6.1: other codings are not supported here.
        let codings = headers[canonicalForm: "transfer-encoding"]
        guard codings.allSatisfy({ $0.lowercased() == "chunked" }), codings.count <= 1 else {
            return "its Transfer-Encoding is not chunked alone"
        }
        return nil
    }

    /// Whether the fields show at one glance that there is no fault, as those of nearly all
    /// requests.
    private var isUsual: Bool {
        var hosts = 0
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.lowercased() == "host":
                // A list of hosts in one field counts as several.
                guard !value.isEmpty, !value.utf8.contains(UInt8(ascii: ",")) else { return false }
                hosts += 1
            case 17 where name.lowercased() == "transfer-encoding": return false
            default: break
            }
        }
        return hosts == 1
    }

    /// The head for the handlers after the edge, which alone decides whether the connection is
    /// kept.
    fileprivate var withoutConnection: HTTPRequestHead {
        guard headers.contains(name: "connection") else { return self }
        var head = self
        head.headers.remove(name: "connection")
        return head
    }
}
