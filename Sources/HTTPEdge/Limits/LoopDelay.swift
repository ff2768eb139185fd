import NIOCore
import Synchronization

/// How long requests lie in their sockets before an event loop comes to read them.
///
/// A loop reads what has come on all its connections, one after the other, then what has come
/// meanwhile. Where there is too much to do, that is where requests wait, unseen by anything that counts
/// them; refusing some is much less work for the loop than taking them.
///
/// To be used on the loop alone.
final class LoopDelay {
    /// A loop that was held up with few requests before it has had no turn on the processor: that is
    /// no reason to refuse any.
    private static let many = 64

    private let longest: TimeAmount
    private let now: () -> NIODeadline
    private var began: NIODeadline?
    private var requests = 0
    /// Of the round before this one.
    private var ended = NIODeadline.uptimeNanoseconds(0)
    private var length = TimeAmount.zero
    private var lastRequests = 0

    /// - Parameter longest: how long requests may lie there.
    init(longest: TimeAmount, now: @escaping () -> NIODeadline = NIODeadline.now) {
        self.longest = longest
        self.now = now
    }

    /// A request has been read.
    /// - Parameter execute: has something done when everything that is there has been read.
    /// - Returns: whether it has lain there for too long.
    func isTooLong(execute: (@escaping () -> Void) -> Void) -> Bool {
        let time = now()
        requests += 1
        if let began {
            guard max(requests, lastRequests) >= Self.many else { return false }
            return time - began + length > longest
        }
        began = time
        // A loop that had nothing to do in between has read this one at once.
        let pause = time - ended
        if pause > max(length, .milliseconds(5)) {
            length = .zero
            lastRequests = 0
        } else {
            length = length + pause
        }
        execute { [self] in
            ended = now()
            length = ended - time
            lastRequests = requests
            requests = 0
            began = nil
        }
        return lastRequests >= Self.many && length > longest
    }
}
