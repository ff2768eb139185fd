import Foundation
import JSON
import NIOCore
import Synchronization
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    /// A pipe that a log writer writes to.
    private final class Reader {
        private let pipe = Pipe()
        private var unread: [UInt8] = []
        var descriptor: Int32 { pipe.fileHandleForWriting.fileDescriptor }

        /// The thread of a writer never ends, so its descriptor must not be reused for another
        /// file.
        private static let kept = Mutex<[Pipe]>([])

        init() {
            // As the service does.
            signal(SIGPIPE, SIG_IGN)
            Self.kept.withLock { $0.append(pipe) }
        }

        /// The lines up to the first that contains `text`.
        func lines(until text: String) throws -> [String] {
            var lines: [String] = []
            while let line = try line() {
                lines.append(line)
                if text.isEmpty || line.contains(text) { break }
            }
            return lines
        }

        private func line() throws -> String? {
            while true {
                if let end = unread.firstIndex(of: 0x0A) {
                    defer { unread.removeSubrange(...end) }
                    return String(decoding: unread[..<end], as: UTF8.self)
                }
                let more = pipe.fileHandleForReading.availableData
                guard !more.isEmpty else { return nil }
                unread += more
            }
        }

        func end() throws { try pipe.fileHandleForReading.close() }
    }

    @Test("lines are written in order and whole, also if they are longer than an atomic write")
    func order() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor)
        let long = String(repeating: "x", count: 10_000)

        for line in ["1", long, "2", "end"] { writer.append("\(line)\n", .text) }

        #expect(try reader.lines(until: "end") == ["1", long, "2", "end"])
        writer.flush(within: 10)
        #expect(writer.droppedLines == 0)
    }

    @Test("a blocked reader delays nothing, and later gets the number of dropped lines")
    func stalledReader() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor, capacity: 100_000)
        let text = String(repeating: "x", count: 1000)

        // More than the pipe and the buffer can hold.
        for number in 0..<400 { writer.append("\(number) \(text)\n", .text) }

        #expect(writer.droppedLines > 0)
        var numbers: [Int] = []
        var told = 0
        while numbers.count + told < 400 {
            let line = try #require(try reader.lines(until: "").last)
            if let count = line.firstMatch(of: #/\] Dropped (\d+) log lines that nothing read$/#)?.1
            {
                told += try #require(Int(count))
            } else {
                numbers.append(try #require(Int(line.prefix { $0 != " " })))
            }
        }
        #expect(numbers == numbers.sorted())
        #expect(told == writer.droppedLines)
        writer.append("end\n", .text)
        #expect(try reader.lines(until: "end") == ["end"])
    }

    @Test("dropped lines are reported in the format of the log")
    func format() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor, capacity: 10)

        writer.append("{\"n\": 12345}\n", .json)

        let line = try #require(try reader.lines(until: "Dropped").last)
        let json = try JSONOutline(ByteBuffer(string: line), recordedDepth: 1).root
        #expect(json["message"]?.string == "Dropped 1 log lines that nothing read")
        #expect(json["level"]?.string == "warn")
    }

    @Test("lines without a reader are dropped and counted")
    func goneReader() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor)
        try reader.end()

        for _ in 0..<5 { writer.append("x\n", .text) }
        writer.flush(within: 10)
        writer.append("x\n", .text)
        writer.flush(within: 10)

        #expect(writer.droppedLines == 6)
    }

    @Test("a flush does not wait longer than its limit for a reader")
    func boundedFlush() {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor)
        for _ in 0..<200 { writer.append(String(repeating: "x", count: 1000) + "\n", .text) }

        writer.flush(within: 0.05)

        #expect(writer.droppedLines == 0)
    }
}
