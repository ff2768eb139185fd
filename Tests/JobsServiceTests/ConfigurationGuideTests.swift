import Foundation
import HTTPEdge
import Jobs
import JobsEngine
import JobsHTTP
import Testing

@testable import JobsService

/// Compares Configuration.md with the program: each new key requires a row.
@Suite struct ConfigurationGuideTests {
    private let guide: Guide

    init() throws {
        guide = try Guide("Configuration.md")
    }

    private func keys(of section: Guide.Section) -> [String] {
        section.keys + section.others.flatMap { guide.components[$0]?.keys ?? [] }
    }

    private func unusedKeys(of section: Guide.Section) -> [String] {
        section.unusedKeys + section.others.flatMap { guide.components[$0]?.unusedKeys ?? [] }
    }

    @Test("it has all components and all keys")
    func complete() {
        for kind in ComponentKind.all {
            guard let section = guide.components["\(kind.pattern)"] else {
                #expect(
                    kind.keys.all == ["*"] && guide.text.contains("`\(kind.pattern)`"),
                    "Configuration.md does not describe \(kind.pattern)")
                continue
            }
            let (keys, unusedKeys) = (keys(of: section), unusedKeys(of: section))
            for key in kind.keys.all {
                #expect(
                    keys.contains { key.covers($0) },
                    "Configuration.md has no row for the key \(key) of \(kind.pattern)")
            }
            for key in kind.unusedKeys.all {
                #expect(
                    unusedKeys.contains(key),
                    """
                    Configuration.md does not say that \(key) of \(kind.pattern) is without effect
                    """)
            }
        }
    }

    @Test("it has no unknown components or keys")
    func nothingElse() {
        for (descriptor, section) in guide.components {
            guard let kind = ComponentKind.all.first(where: { "\($0.pattern)" == descriptor })
            else {
                Issue.record("Configuration.md has the unknown component \(descriptor)")
                continue
            }
            for key in section.keys where !kind.keys.contains(key) {
                Issue.record("Configuration.md has the unknown key \(key) of \(descriptor)")
            }
            for key in section.unusedKeys where !kind.unusedKeys.contains(key) {
                Issue.record("Configuration.md calls \(key) of \(descriptor) without effect")
            }
        }
    }

    @Test("the defaults in it are those of the program")
    func defaults() {
        let endpoint = EndpointOptions(port: 0)
        let counters = LogCounters.Options()
        let controller = JobsController.Options()
        let waiters = "\(WaitingJobsPersistence.Options().maxWaiters)"
        let expected: [(component: String, key: String, value: String)] = [
            ("pip-services:context-info:default", "name", ContextInfo(id: "").name),
            ("pip-services:context-info:default", "description", ContextInfo(id: "").description),
            ("pip-services:logger:console", "level", "\(ConsoleSettings().level)"),
            ("pip-services:logger:console", "format", LogFormat.text.rawValue),
            ("pip-services:counters:log", "interval", "\(counters.interval)"),
            ("pip-services:counters:log", "reset_timeout", "\(counters.resetTimeout)"),
            ("pip-services-jobs:persistence:memory", "options.max_waiters", waiters),
            ("pip-services-jobs:persistence:file", "options.max_waiters", waiters),
            ("pip-services-jobs:persistence:mongodb", "options.max_waiters", waiters),
            (
                "pip-services-jobs:controller:default", "options.clean_interval",
                "\(controller.cleanInterval)"
            ),
            (
                "pip-services-jobs:controller:default", "options.max_retries",
                "\(controller.maxRetries)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retry.backoff",
                RetryPolicy.Backoff.exponential.rawValue
            ),
            (
                "pip-services-jobs:controller:default", "options.retry.delay",
                "\(RetryPolicy.defaultDelay)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retry.max_delay",
                "\(RetryPolicy.defaultMaxDelay)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retry.jitter",
                "\(RetryPolicy.defaultJitter)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retention.completed",
                "\(controller.retention.completed)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retention.failed",
                "\(controller.retention.failed)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retention.cancelled",
                "\(controller.retention.cancelled)"
            ),
            (
                "pip-services-jobs:controller:default", "options.retention.expired",
                "\(controller.retention.expired)"
            ),
            (
                "pip-services:endpoint:http", "options.request_max_size",
                "\(endpoint.requestMaxSize)"
            ),
            ("pip-services:endpoint:http", "options.header_max_size", "\(endpoint.headerMaxSize)"),
            (
                "pip-services:endpoint:http", "options.header_timeout",
                endpoint.headerTimeout.inMilliseconds
            ),
            (
                "pip-services:endpoint:http", "options.body_timeout",
                endpoint.bodyTimeout.inMilliseconds
            ),
            (
                "pip-services:endpoint:http", "options.idle_timeout",
                endpoint.idleTimeout.inMilliseconds
            ),
            (
                "pip-services:endpoint:http", "options.write_timeout",
                endpoint.writeTimeout.inMilliseconds
            ),
            ("pip-services:endpoint:http", "options.body_memory", "\(endpoint.bodyMemory)"),
            ("pip-services:endpoint:http", "options.answer_memory", "\(endpoint.answerMemory)"),
            ("pip-services:endpoint:http", "options.max_connections", "\(endpoint.maxConnections)"),
            ("pip-services:endpoint:http", "options.max_requests", "\(endpoint.maxRequests)"),
        ]

        for (component, key, value) in expected {
            let found = guide.components["\(component):*:1.0"]?.defaultValue(of: key)
            #expect(found == value, "Configuration.md: the default of \(key) of \(component)")
        }
    }

    @Test("it has the variables of the default file, and no others")
    func variables() throws {
        let file = try String(contentsOfFile: Project.configFile, encoding: .utf8)
        let used = Set(file.matches(of: #/{{[#^]?(?:enabled )?(\w+)}}/#).map { String($0.1) })

        let known = Set(guide.rows(under: "variable").flatMap(\.inCode))

        #expect(known == used)
    }
}

extension String {
    /// Whether this pattern matches a key.
    fileprivate func covers(_ key: String) -> Bool {
        KeyPatterns(arrayLiteral: self).contains(key)
    }
}

extension Duration {
    fileprivate var inMilliseconds: String { "\(components.seconds * 1000)" }
}
