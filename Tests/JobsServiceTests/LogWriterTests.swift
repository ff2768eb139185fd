import Foundation
import JSON
import NIOCore
import Synchronization
import Testing

@testable import JobsService

@Suite(.timeLimit(.minutes(1))) struct LogWriterTests {
    /// A pipe whose writing end a log writer has.
    private final class Reader {
        private let pipe = Pipe()
        private var unread: [UInt8] = []
        var descriptor: Int32 { pipe.fileHandleForWriting.fileDescriptor }

        /// The thread of a writer lives on, so its descriptor must never become another file's.
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

    @Test("lines come in their order, whole, also those that are longer than a pipe takes at once")
    func order() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor)
        let long = String(repeating: "x", count: 10_000)

        for line in ["1", long, "2", "end"] { writer.append("\(line)\n", .text) }

        #expect(try reader.lines(until: "end") == ["1", long, "2", "end"])
        writer.flush(within: 10)
        #expect(writer.droppedLines == 0)
    }

    @Test("a reader that stands still holds up nothing, and is told how much it has missed")
    func stalledReader() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor, capacity: 100_000)
        let text = String(repeating: "x", count: 1000)

        // More than the pipe and the buffer take together.
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

    @Test("what is missing is told in the format of the lines that are")
    func format() throws {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor, capacity: 10)

        writer.append("{\"n\": 12345}\n", .json)

        let line = try #require(try reader.lines(until: "Dropped").last)
        let json = try JSONOutline(ByteBuffer(string: line), recordedDepth: 1).root
        #expect(json["message"]?.string == "Dropped 1 log lines that nothing read")
        #expect(json["level"]?.string == "warn")
    }

    @Test("where the reader is gone lines are dropped and counted")
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

    @Test("a flush does not wait for a reader for longer than it may")
    func boundedFlush() {
        let reader = Reader()
        let writer = LogWriter(reader.descriptor)
        for _ in 0..<200 { writer.append(String(repeating: "x", count: 1000) + "\n", .text) }

        writer.flush(within: 0.05)

        #expect(writer.droppedLines == 0)
    }
}
