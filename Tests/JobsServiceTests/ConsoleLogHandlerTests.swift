import Jobs
import Logging
import Testing

@testable import JobsService

@Suite struct ConsoleLogHandlerTests {
    private func logger(_ console: Console, level: ConsoleLevel = .trace) -> Logger {
        logger(console, following: SharedLevel(level))
    }

    private func logger(_ console: Console, following level: SharedLevel) -> Logger {
        Logger(label: "test") { ConsoleLogHandler(label: $0, level: level, output: console.output) }
    }

    private struct Fault: Error, CustomStringConvertible {
        var description: String { "disk\nfull" }
    }

    private func line(
        _ event: LogEvent, metadata: Logger.Metadata = [:],
        at time: Timestamp = Timestamp(milliseconds: 1_795_485_904_107)
    ) -> String {
        var handler = ConsoleLogHandler()
        handler.metadata = metadata
        return LogFormat.text.line(
            for: handler.record(of: event, level: ConsoleLevel(event.level), at: time))
    }

    private func event(
        _ level: Logger.Level, _ message: Logger.Message, error: (any Error)? = nil,
        metadata: Logger.Metadata? = nil
    ) -> LogEvent {
        LogEvent(
            level: level, message: message, error: error, metadata: metadata, source: nil,
            file: "", function: "", line: 0)
    }

    @Test("a line has the correlation id, the level, the time and the message")
    func format() {
        let line = line(event(.info, "hello"), metadata: ["correlation_id": "123"])

        #expect(line == "[123:INFO:2026-11-24T02:05:04.107Z] hello\n")
    }

    @Test("without a correlation id, or with an empty one, there are dashes")
    func noCorrelationID() {
        #expect(line(event(.info, "x")) == "[---:INFO:2026-11-24T02:05:04.107Z] x\n")
        #expect(
            line(event(.info, "x", metadata: ["correlation_id": ""]))
                == "[---:INFO:2026-11-24T02:05:04.107Z] x\n")
    }

    @Test("the metadata of a message overrides the logger's, and follows the message by name")
    func metadata() {
        let line = line(
            event(.debug, "x", metadata: ["correlation_id": "2", "b": "2", "c": ["1", "2"]]),
            metadata: ["correlation_id": "1", "a": "1", "b": "1"])

        #expect(line == "[2:DEBUG:2026-11-24T02:05:04.107Z] x a=1 b=2 c=[\"1\", \"2\"]\n")
    }

    @Test("an ambiguous value is quoted")
    func quotes() {
        let line = line(
            event(.info, "x", metadata: ["a": "b outcome=done", "c": "\"", "d": "", "e": "f"]))

        #expect(line.hasSuffix(#"] x a="b outcome=done" c="\"" d="" e=f"# + "\n"))
    }

    @Test("an error follows the message on the same line")
    func error() {
        let line = line(
            event(.error, "Failed", error: Fault(), metadata: ["correlation_id": "1\n[2:INFO"]))

        #expect(
            line == "[\"1\\n\\u{5B}2:INFO\":ERROR:2026-11-24T02:05:04.107Z] Failed: disk\\nfull\n")
    }

    @Test(
        "a correlation id cannot forge other parts of the line",
        arguments: [
            ("7", "7"), ("a-b_c.d/ü", "a-b_c.d/ü"), ("a b", #""a b""#), ("urn:x", #""urn:x""#),
            (
                "---:INFO:2026-11-24T02:05:04.107Z] Audit: x=[",
                #""---:INFO:2026-11-24T02:05:04.107Z\u{5D} Audit: x=\u{5B}""#
            ),
            (#"a"b\"#, #""a\u{22}b\u{5C}""#),
        ])
    func forgedID(id: String, shown: String) {
        let line = line(event(.info, "x"), metadata: ["correlation_id": "\(id)"])

        #expect(line == "[\(shown):INFO:2026-11-24T02:05:04.107Z] x\n")
    }

    @Test("characters that end lines or change the direction of text are escaped")
    func invisible() {
        let line = line(event(.info, "a\u{202E}b\u{2066}c\u{2028}d\u{2029}e\u{200F}f\u{61C}g€“"))

        #expect(
            line.hasSuffix(
                #"] a\u{202E}b\u{2066}c\u{2028}d\u{2029}e\u{200F}f\u{061C}g€“"# + "\n"))
    }

    @Test("only control characters are escaped")
    func escapes() {
        let line = line(event(.info, "a\"b\\c\tü\u{9B}31m\u{7F}€\u{A0}"))

        #expect(line.contains("] a\"b\\c\\tü\\u{009B}31m\\u{7F}€\u{A0}\n"))
    }

    @Test("the error of an event is in the line")
    func errorThroughLogger() {
        let console = Console()

        logger(console).error(
            "Failed to clean up jobs", error: JobsError.unavailable(reason: "gone"))

        #expect(console.lines(.error).count == 1)
        #expect(
            console.lines(.error).first?.hasSuffix(
                "] Failed to clean up jobs: unavailable(reason: \"gone\")\n") == true)
    }

    @Test("warnings and worse go to standard error, the rest to standard output")
    func streams() {
        let console = Console()
        let logger = logger(console)

        for level in Logger.Level.allCases { logger.log(level: level, "m") }

        #expect(console.lines(.output).map(\.level) == ["TRACE", "DEBUG", "INFO", "INFO"])
        #expect(console.lines(.error).map(\.level) == ["WARN", "ERROR", "FATAL"])
    }

    @Test(
        "a logger shows its level and more severe ones",
        arguments: [
            (ConsoleLevel.none, 0), (.fatal, 1), (.error, 2), (.warn, 3), (.info, 5), (.debug, 6),
            (.trace, 7),
        ])
    func levels(level: ConsoleLevel, count: Int) {
        let console = Console()
        let logger = logger(console, level: level)

        for level in Logger.Level.allCases { logger.log(level: level, "m") }

        #expect(console.lines(.output).count + console.lines(.error).count == count)
    }

    @Test("a logger and its copies follow the level of the console")
    func sharedLevel() {
        let console = Console()
        let level = SharedLevel(.none)
        let first = logger(console, following: level)
        var second = first
        second[metadataKey: "k"] = "v"
        first.critical("not shown")

        level.level = .debug
        first.debug("one")
        second.debug("two")
        second.trace("not shown")
        level.level = .error
        first.debug("not shown")

        #expect(console.lines(.output).map { $0.hasSuffix("] one\n") } == [true, false])
        #expect(console.lines(.output).last?.hasSuffix("] two k=v\n") == true)
        #expect(console.lines(.error).isEmpty)
    }

    @Test("a logger with its own level uses it, even if the console is off")
    func ownLevel() {
        let console = Console()
        var logger = logger(console, level: .none)

        logger.logLevel = .info
        logger.info("shown")

        #expect(console.lines(.output).count == 1)
    }

    @Test("a copy of a logger has its own level and metadata")
    func valueSemantics() {
        let console = Console()
        let first = logger(console)
        var second = first
        second.logLevel = .error
        second[metadataKey: "k"] = "v"

        first.info("one")
        second.info("two")
        second.error("three")

        #expect(console.lines(.output).map { $0.hasSuffix("] one\n") } == [true])
        #expect(console.lines(.error).map { $0.hasSuffix("] three k=v\n") } == [true])
    }
}

@Suite struct ConsoleLevelTests {
    @Test(
        "levels have names, in any case, and numbers",
        arguments: [
            ("none", ConsoleLevel.none), ("Nothing", .none), ("0", .none), ("fatal", .fatal),
            ("1", .fatal), ("ERROR", .error), ("2", .error), ("warn", .warn), ("Warning", .warn),
            ("3", .warn), ("info", .info), ("4", .info), ("debug", .debug), ("5", .debug),
            ("trace", .trace), ("6", .trace),
        ])
    func names(text: String, level: ConsoleLevel) {
        #expect(ConsoleLevel(text) == level)
    }

    @Test("other words and numbers are not levels", arguments: ["", "7", "-1", "verbose", "in fo"])
    func noLevel(text: String) {
        #expect(ConsoleLevel(text) == nil)
    }

    @Test("a level shows its events and more severe ones")
    func thresholds() {
        #expect(ConsoleLevel.none.threshold == nil)
        #expect(ConsoleLevel.fatal.threshold == .critical)
        #expect(ConsoleLevel.error.threshold == .error)
        #expect(ConsoleLevel.warn.threshold == .warning)
        #expect(ConsoleLevel.info.threshold == .info)
        #expect(ConsoleLevel.debug.threshold == .debug)
        #expect(ConsoleLevel.trace.threshold == .trace)
    }
}

extension String {
    /// The level in a line of the log.
    fileprivate var level: Substring? {
        let parts = split(separator: ":")
        return parts.count > 1 ? parts[1] : nil
    }
}
