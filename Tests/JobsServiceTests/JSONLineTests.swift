import JSON
import Jobs
import Logging
import NIOCore
import Testing

@testable import JobsService

@Suite struct JSONLineTests {
    private func line(
        _ message: Logger.Message, level: Logger.Level = .info, error: (any Error)? = nil,
        metadata: Logger.Metadata = [:]
    ) -> String {
        let event = LogEvent(
            level: level, message: message, error: error, metadata: metadata, source: nil,
            file: "", function: "", line: 0)
        let record = ConsoleLogHandler(label: "shop").record(
            of: event, level: ConsoleLevel(level),
            at: Timestamp(milliseconds: 1_795_485_904_107))
        return LogFormat.json.line(for: record)
    }

    private func parsed(_ line: String) throws -> JSONValue {
        try #require(line.hasSuffix("\n"))
        return try JSONOutline(ByteBuffer(string: String(line.dropLast())), recordedDepth: 3).root
    }

    private struct Fault: Error, CustomStringConvertible {
        var description: String { "disk\nfull" }
    }

    @Test("a line is an object of the time, the level, the source and the message")
    func format() {
        #expect(
            line("hello") == """
                {"time":"2026-11-24T02:05:04.107Z","level":"info","source":"shop",\
                "message":"hello"}

                """)
    }

    @Test("the correlation id, the error and the metadata are fields")
    func fields() {
        let line = line(
            "Failed", level: .warning, error: Fault(),
            metadata: ["correlation_id": "7", "type": "mail", "job_id": "1"])

        #expect(
            line == """
                {"time":"2026-11-24T02:05:04.107Z","level":"warn","source":"shop",\
                "correlation_id":"7","message":"Failed","error":"disk\\nfull","job_id":"1",\
                "type":"mail"}

                """)
    }

    @Test("numbers and booleans are written as such, numbers that JSON lacks as text")
    func numbers() throws {
        let line = line(
            "m",
            metadata: [
                "a": .stringConvertible(200), "b": .stringConvertible(1.25),
                "c": .stringConvertible(true), "d": .stringConvertible(Double.nan),
                "e": .stringConvertible(UInt64.max), "f": .array(["1", .stringConvertible(2)]),
                "g": .dictionary(["h": .stringConvertible(Float(0.5))]),
            ])

        #expect(
            line.hasSuffix(
                #""a":200,"b":1.25,"c":true,"d":"nan","e":18446744073709551615,"#
                    + #""f":["1",2],"g":{"h":0.5}}"# + "\n"))
        _ = try parsed(line)
    }

    @Test("the line is one valid object with any text of a caller")
    func hostileText() throws {
        for scalar in (0...0x2100).compactMap(Unicode.Scalar.init) + ["\u{10FFFF}", "\u{FEFF}"] {
            let text = "a\"\\\(scalar)b\n{\"level\":"

            let line = line(
                "\(text)", metadata: ["correlation_id": .string(text), text: .string(text)])

            let value = try parsed(line)
            #expect(line.unicodeScalars.count { $0.properties.generalCategory == .control } == 1)
            for name in ["message", "correlation_id", text] {
                #expect(value[name]?.string == text)
            }
        }
    }

    @Test(
        "a detail with the name of a field gets a prefix, so that no key is repeated")
    func ownNames() throws {
        let line = line("m", metadata: ["time": "t", "message": "n", "error": "e"])

        let names = try parsed(line).members.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(try parsed(line)["message"]?.string == "m")
        #expect(try parsed(line)["metadata.message"]?.string == "n")
    }

    @Test("warnings and worse go to standard error, the rest to standard output")
    func streams() {
        let console = Console()
        let logger = Logger(label: "test") {
            ConsoleLogHandler(
                label: $0, level: SharedLevel(.trace), format: .json, output: console.output)
        }

        for level in Logger.Level.allCases { logger.log(level: level, "m") }

        #expect(console.lines(.output).count == 4)
        #expect(console.lines(.error).count == 3)
    }

    @Test(
        "the format is configurable",
        arguments: [("", nil), ("  format: JSON\n", LogFormat.json), ("  format: text\n", .text)])
    func configured(key: String, format: LogFormat?) throws {
        let plan = try ConfigText.plan(
            "- descriptor: pip-services:logger:console:default:1.0\n" + key)

        #expect(plan.console == ConsoleSettings(format: format))
    }

    @Test("another format is refused")
    func unknownFormat() {
        #expect {
            try ConfigText.plan(
                "- descriptor: pip-services:logger:console:default:1.0\n  format: xml\n")
        } throws: {
            "\($0)"
                == "c.yml: pip-services:logger:console:default:1.0: format: "
                + "must be text or json but is \"xml\" (BAD_CONFIG)"
        }
    }
}
