import Dispatch

/// Holds a thread up at some place until a test lets it go on.
final class Gate: Sendable {
    private let arrived = DispatchSemaphore(value: 0)
    private let isOpen = DispatchSemaphore(value: 0)

    /// Blocks until the gate is open.
    func pass() {
        arrived.signal()
        isOpen.wait()
        isOpen.signal()
    }

    func open() {
        isOpen.signal()
    }

    /// Waits until somebody is at the gate.
    func reached() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [arrived] in
                arrived.wait()
                continuation.resume()
            }
        }
    }
}
