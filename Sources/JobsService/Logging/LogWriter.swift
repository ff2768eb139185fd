import Foundation
import Jobs
import Logging
import Platform

/// Writes log lines to one file descriptor from its own thread, so that no logger waits for the
/// reader of the log.
///
/// Lines are dropped and counted if the buffer is full or the write fails. When writes succeed
/// again, an additional line reports the number of dropped lines.
///
/// @unchecked: every `var` is touched only while `condition` is locked.
final class LogWriter: @unchecked Sendable {
    /// The maximum number of bytes that are accepted but not yet written.
    static let capacity = 1 << 20

    /// The size of an atomic write to a pipe (`PIPE_BUF` on Linux), so that the lines of several
    /// processes that share the pipe do not mix.
    private static let pieceSize = 4096

    private let descriptor: Int32
    private let capacity: Int
    private let condition = NSCondition()
    private var pending: [UInt8] = []
    /// The bytes that the thread has taken but not yet written.
    private var inFlight = 0
    private var missing = Missing()
    private var hasThread = false
    /// Whether the last write failed; the next attempt waits for a new line.
    private var isBroken = false
    /// Whether the last byte that was written is in the middle of a line.
    private var isTorn = false
    private var dropped = 0

    /// The lines dropped since the last successful write.
    private struct Missing {
        var count = 0
        /// The format of the last dropped line.
        var format = LogFormat.text
    }

    init(_ descriptor: Int32, capacity: Int = LogWriter.capacity) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// The number of lines dropped since the start.
    var droppedLines: Int { condition.withLock { dropped } }

    /// Appends a line, which ends with a line feed. Returns at once.
    /// - Parameter format: The format of the report about dropped lines if this line is dropped.
    func append(_ line: String, _ format: LogFormat) {
        condition.withLock {
            if !hasThread {
                hasThread = true
                Thread.detachNewThread { [self] in run() }
            }
            if pending.count + inFlight + line.utf8.count <= capacity {
                pending.append(contentsOf: line.utf8)
            } else {
                missing.count += 1
                missing.format = format
                dropped += 1
            }
            condition.broadcast()
        }
    }

    /// Waits until everything is written or dropped, for at most this long.
    func flush(within limit: TimeInterval) {
        let end = Date(timeIntervalSinceNow: limit)
        condition.withLock {
            while !pending.isEmpty || inFlight > 0 || (missing.count > 0 && !isBroken) {
                guard condition.wait(until: end) else { return }
            }
        }
    }

    private func run() {
        while true {
            let (lines, missing) = next()
            let unwritten = write(lines)
            var lost = unwritten.count { $0 == UInt8(ascii: "\n") }
            // A leading line feed may be the one that the thread added to a torn line.
            if unwritten.first == UInt8(ascii: "\n") { lost -= 1 }
            // The dropped lines are newer than the written ones.
            var isReported = missing.count == 0
            if unwritten.isEmpty, !isReported {
                isReported = write(Array(Self.line(about: missing).utf8)).isEmpty
            }
            condition.withLock {
                dropped += lost
                self.missing.count += lost + (isReported ? 0 : missing.count)
                isBroken = !unwritten.isEmpty || !isReported
                inFlight = 0
                condition.broadcast()
            }
        }
    }

    /// Waits for something to write.
    private func next() -> (lines: [UInt8], missing: Missing) {
        condition.withLock {
            while pending.isEmpty, missing.count == 0 || isBroken { condition.wait() }
            defer {
                pending = []
                missing.count = 0
            }
            let lines = (isTorn ? [UInt8(ascii: "\n")] : []) + pending
            inFlight = lines.count
            return (lines, missing)
        }
    }

    /// - Returns: The bytes that could not be written.
    private func write(_ lines: [UInt8]) -> ArraySlice<UInt8> {
        var rest = lines[...]
        while !rest.isEmpty {
            let written = rest.prefix(Self.piece(of: rest)).withUnsafeBytes {
                Self.write($0, to: descriptor)
            }
            guard let written else { break }
            rest = rest.dropFirst(written)
            condition.withLock {
                isTorn = lines[rest.startIndex - 1] != UInt8(ascii: "\n")
                inFlight = rest.count
            }
        }
        return rest
    }

    /// The length of as many whole lines as fit into an atomic write, or of the first line if it is
    /// longer.
    private static func piece(of bytes: ArraySlice<UInt8>) -> Int {
        let lineFeed = UInt8(ascii: "\n")
        if let end = bytes.prefix(pieceSize).lastIndex(of: lineFeed) {
            return end + 1 - bytes.startIndex
        }
        return (bytes.firstIndex(of: lineFeed) ?? bytes.endIndex - 1) + 1 - bytes.startIndex
    }

    /// - Returns: The number of bytes written; `nil` on a failure.
    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int? {
        while true {
            let written = Platform.write(descriptor, bytes.baseAddress, bytes.count)
            if written > 0 { return written }
            if written == 0 { return nil }
            if errno == EAGAIN {
                // Another process that shares the terminal or the pipe made it non-blocking.
                var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&readiness, 1, -1)
            } else if errno != EINTR {
                return nil
            }
        }
    }

    private static func line(about missing: Missing) -> String {
        let event = LogEvent(
            level: .warning, message: "Dropped \(missing.count) log lines that nothing read",
            error: nil, metadata: nil, source: nil, file: #fileID, function: #function, line: #line)
        return missing.format.line(
            for: LogRecord(event, level: .warn, source: "jobs", metadata: [:], at: .now()))
    }
}
