import Logging
import Testing

@testable import JobsService

@Suite struct LevelReloadTests {
    private let console = Console()
    private let level = SharedLevel(.warn)

    private func reload(_ text: String) {
        let logger = Logger(label: "test") { [console, level] in
            ConsoleLogHandler(label: $0, level: level, output: console.output)
        }
        LevelReload(level: level, read: { try ConfigText.plan(text) }, logger: logger)()
    }

    private func config(_ level: String) -> String {
        "- descriptor: pip-services:logger:console:default:1.0\n  level: \(level)\n"
    }

    @Test("the level of the file is applied, and logged at every level", arguments: 0...6)
    func takenOver(number: Int) throws {
        let wanted = try #require(ConsoleLevel("\(number)"))

        reload(config("\(number)"))

        #expect(level.level == wanted)
        let lines = console.lines(.output)
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix("] Log level is now \(wanted.name.lowercased())\n"))
        #expect(console.lines(.error).isEmpty)
    }

    @Test(
        "an invalid file does not change the level, and is logged as one error",
        arguments: [
            "level: debug", "- descriptor: x", "- a: [",
            "- descriptor: pip-services:logger:console:default:1.0\n  level: verbose",
            "- descriptor: pip-services:logger:console:default:1.0\n  level: debug\n"
                + "- descriptor: pip-services-jobs:controller:default:default:1.0\n",
        ])
    func wrongFile(text: String) {
        reload(text)

        #expect(level.level == .warn)
        #expect(console.lines(.output).isEmpty)
        let lines = console.lines(.error)
        #expect(lines.count == 1)
        #expect(lines[0].contains("] The log level stays warn: c.yml"))
    }
}
