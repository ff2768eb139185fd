import Dispatch

/// Blocks a thread until a test lets it continue.
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

    /// Waits until a thread is at the gate.
    func reached() async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [arrived] in
                arrived.wait()
                continuation.resume()
            }
        }
    }
}
