import Foundation
import Platform

/// Where log lines go.
struct ConsoleOutput: Sendable {
    enum Stream: Sendable {
        case output, error
    }

    /// Takes a whole line. Lines of several threads do not mix.
    let write: @Sendable (_ line: String, _ stream: Stream, _ format: LogFormat) -> Void

    /// The process's own standard output and standard error.
    ///
    /// Lines are written at once, but by other threads: logging goes on where nothing reads them, see
    /// ``LogWriter``. What is to be seen at the end of the process is flushed before it.
    static let standard = ConsoleOutput { line, stream, format in
        (stream == .output ? output : error).append(line, format)
    }

    /// Lines that were dropped since the start, as nothing read them.
    static var droppedLines: Int {
        output === error ? output.droppedLines : output.droppedLines + error.droppedLines
    }

    /// Waits until all lines are written, for at most two seconds.
    static func flushStandard() {
        output.flush(within: 1)
        error.flush(within: 1)
    }

    private static let output = LogWriter(STDOUT_FILENO)

    /// One writer for both where they lead to the same place, so that the lines keep their order.
    private static let error = leadToTheSamePlace ? output : LogWriter(STDERR_FILENO)

    private static var leadToTheSamePlace: Bool {
        var (output, error) = (stat(), stat())
        return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &error) == 0
            && output.st_dev == error.st_dev && output.st_ino == error.st_ino
    }
}
