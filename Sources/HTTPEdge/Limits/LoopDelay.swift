import NIOCore
import Synchronization

/// Measures how long requests wait in their sockets before an event loop reads them.
///
/// A loop reads what has arrived on all its connections, one after the other, then what has arrived
/// meanwhile. Under overload, requests wait there, where nothing else counts them; refusing some is
/// much less work for the loop than accepting them.
///
/// Use it only on the loop.
final class LoopDelay {
    /// With fewer requests than this, a late loop only lacked processor time, which is no reason to
    /// refuse any.
    private static let many = 64

    private let longest: TimeAmount
    private let now: () -> NIODeadline
    private var began: NIODeadline?
    private var requests = 0
    /// The previous round: its end, length and number of requests.
    private var ended = NIODeadline.uptimeNanoseconds(0)
    private var length = TimeAmount.zero
    private var lastRequests = 0

    /// - Parameter longest: how long requests may wait there.
    init(longest: TimeAmount, now: @escaping () -> NIODeadline = NIODeadline.now) {
        self.longest = longest
        self.now = now
    }

    /// Call when a request has been read.
    /// - Parameter execute: schedules a closure to run after everything that has arrived was read.
    /// - Returns: whether the request has waited too long.
    func isTooLong(execute: (@escaping () -> Void) -> Void) -> Bool {
        let time = now()
        requests += 1
        if let began {
            guard max(requests, lastRequests) >= Self.many else { return false }
            return time - began + length > longest
        }
        began = time
        // A loop that was idle in between has read this request at once.
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
