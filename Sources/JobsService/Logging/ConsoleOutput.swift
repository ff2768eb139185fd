import Foundation
import Platform

/// The destination of log lines.
struct ConsoleOutput: Sendable {
    enum Stream: Sendable {
        case output, error
    }

    /// Writes a whole line. Lines of several threads do not mix.
    let write: @Sendable (_ line: String, _ stream: Stream, _ format: LogFormat) -> Void

    /// The standard output and standard error of the process.
    ///
    /// Other threads write the lines without delay, so that logging does not block if nothing reads
    /// them; see ``LogWriter``. Flush before the process ends.
    static let standard = ConsoleOutput { line, stream, format in
        (stream == .output ? output : error).append(line, format)
    }

    /// The number of lines dropped since the start because nothing read them.
    static var droppedLines: Int {
        output === error ? output.droppedLines : output.droppedLines + error.droppedLines
    }

    /// Waits until all lines are written, for at most two seconds.
    static func flushStandard() {
        output.flush(within: 1)
        error.flush(within: 1)
    }

    private static let output = LogWriter(STDOUT_FILENO)

    /// The same writer as for the output if both lead to the same file, so that the lines keep
    /// their order.
    private static let error = leadToTheSamePlace ? output : LogWriter(STDERR_FILENO)

    private static var leadToTheSamePlace: Bool {
        var (output, error) = (stat(), stat())
        return fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &error) == 0
            && output.st_dev == error.st_dev && output.st_ino == error.st_ino
    }
}
