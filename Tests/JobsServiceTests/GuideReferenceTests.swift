import Foundation
import Testing

/// Checks that the files, tests and proofs that the pages refer to exist.
@Suite struct GuideReferenceTests {
    private static let pages = [
        "Calling.md", "ComingFrom.md", "Configuration.md", "Contributing.md", "Operations.md",
        "Semantics.md",
    ]

    @Test("files that the pages refer to exist", arguments: pages)
    func files(page: String) throws {
        let guide = try Guide(page)
        let paths = guide.text.matches(of: #/`((?:Tests|Sources|scripts|config)\/[^`]+)`/#)
            .map { String($0.1) }

        for path in paths {
            let url = Project.root.appending(path: path)
            #expect(
                FileManager.default.fileExists(atPath: url.path()), "\(page): \(path) is missing")
        }
    }

    @Test("tests that the pages refer to exist")
    func tests() throws {
        let guide = try Guide("Semantics.md")
        let named = guide.text.matches(of: #/`(Tests\/[^`]+)` "([^"]+)"/#)

        #expect(named.count > 20)
        for test in named {
            let url = Project.root.appending(path: String(test.1))
            let source = try? String(contentsOf: url, encoding: .utf8)
            #expect(
                source?.contains("\"\(test.2)\"") == true,
                "Semantics.md: \(test.1) has no test \"\(test.2)\"")
        }
    }

    @Test("each failure in the table of failures refers to a test or a proof")
    func failures() throws {
        let guide = try Guide("Semantics.md")
        let section = guide.text.components(separatedBy: "\n\n").first { $0.hasPrefix("| fails |") }
        let rows = Guide.Section(text: try #require(section)).rows

        #expect(rows.count > 20)
        for row in rows {
            let shown = try #require(row.last).inCode
            #expect(
                shown.contains { $0.hasPrefix("scripts/prove/") || $0.hasPrefix("Tests/") },
                "Semantics.md: no test or proof of \(row[0])")
        }
    }

    @Test("metrics have unique names that Prometheus accepts")
    func metrics() throws {
        let metrics = try DocumentedMetrics.all()

        #expect(metrics.count >= 40)
        #expect(Set(metrics.map(\.name)).count == metrics.count)
        for metric in metrics {
            for name in [metric.name] + metric.labels {
                #expect(name.wholeMatch(of: #/[a-z][a-z_]*/#) != nil)
            }
        }
    }
}
