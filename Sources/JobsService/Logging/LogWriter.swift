import Foundation
import Jobs
import Logging
import Platform

/// Writes log lines to one file descriptor from a thread of its own, so that no logger waits for
/// whatever reads them.
///
/// Lines that find the buffer full are dropped and counted, as are those that cannot be written. Once
/// lines get through again, one more says how many are missing before it.
///
/// @unchecked: every `var` is touched only while `condition` is locked.
final class LogWriter: @unchecked Sendable {
    /// Bytes that are accepted and not written yet.
    static let capacity = 1 << 20

    /// What a pipe takes in one piece (`PIPE_BUF` on Linux), so that the lines of several processes
    /// which share it do not mix.
    private static let pieceSize = 4096

    private let descriptor: Int32
    private let capacity: Int
    private let condition = NSCondition()
    private var pending: [UInt8] = []
    /// Bytes that the thread has taken and not written yet.
    private var inFlight = 0
    private var missing = Missing()
    private var hasThread = false
    /// Whether the last write failed; then nothing is written before there is a new line.
    private var isBroken = false
    /// Whether the last byte that got through is in the middle of a line.
    private var isTorn = false
    private var dropped = 0

    /// Lines that were dropped since lines last got through.
    private struct Missing {
        var count = 0
        /// Of the last of them.
        var format = LogFormat.text
    }

    init(_ descriptor: Int32, capacity: Int = LogWriter.capacity) {
        self.descriptor = descriptor
        self.capacity = capacity
    }

    /// Lines that were dropped since the start.
    var droppedLines: Int { condition.withLock { dropped } }

    /// Takes a line, with the line feed that ends it. Returns at once.
    /// - Parameter format: how to write of lines that are missing, should it be this one.
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
            // The thread itself may have put one in front.
            if unwritten.first == UInt8(ascii: "\n") { lost -= 1 }
            // Those that are missing came after the others.
            var isTold = missing.count == 0
            if unwritten.isEmpty, !isTold {
                isTold = write(Array(Self.line(about: missing).utf8)).isEmpty
            }
            condition.withLock {
                dropped += lost
                self.missing.count += lost + (isTold ? 0 : missing.count)
                isBroken = !unwritten.isEmpty || !isTold
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

    /// - Returns: what cannot be written.
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

    /// As many whole lines as a pipe takes in one piece, or the first line if it is longer.
    private static func piece(of bytes: ArraySlice<UInt8>) -> Int {
        let lineFeed = UInt8(ascii: "\n")
        if let end = bytes.prefix(pieceSize).lastIndex(of: lineFeed) {
            return end + 1 - bytes.startIndex
        }
        return (bytes.firstIndex(of: lineFeed) ?? bytes.endIndex - 1) + 1 - bytes.startIndex
    }

    /// - Returns: how many bytes were written; nil if none can be.
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
