import Synchronization

@testable import JobsService

/// The lines that were written, by stream.
final class Console: Sendable {
    private let written = Mutex<[(String, ConsoleOutput.Stream)]>([])

    var output: ConsoleOutput {
        ConsoleOutput { line, stream, _ in self.written.withLock { $0.append((line, stream)) } }
    }

    func lines(_ stream: ConsoleOutput.Stream) -> [String] {
        written.withLock { $0.filter { $0.1 == stream }.map(\.0) }
    }
}
