import Testing

@testable import JobsService

@Suite struct ContainerFaultsTests {
    @Test(
        "an invalid configuration is refused in one line",
        arguments: [
            (
                "- descriptor: pip-services-jobs:persistence:couchbase:default:1.0",
                "c.yml: pip-services-jobs:persistence:couchbase:default:1.0: "
                    + "is no component that this service knows (CANNOT_CREATE)"
            ),
            (
                ConfigText.controller,
                "c.yml: pip-services-jobs:controller:default:default:1.0: dependencies.persistence: "
                    + "there is no component pip-services-jobs:persistence:*:*:1.0 in the file "
                    + "(REF_ERROR)"
            ),
            (
                ConfigText.memory + ConfigText.service,
                "c.yml: pip-services-jobs:service:http:default:1.0: dependencies.controller: "
                    + "there is no component pip-services-jobs:controller:*:*:1.0 in the file "
                    + "(REF_ERROR)"
            ),
            (
                ConfigText.endpoint("x", port: 1) + ConfigText.heartbeat
                    + "  dependencies: {endpoint: \"*:endpoint:http:y:1.0\"}",
                "c.yml: pip-services:heartbeat-service:http:default:1.0: dependencies.endpoint: "
                    + "there is no component *:endpoint:http:y:1.0 in the file (REF_ERROR)"
            ),
            (
                ConfigText.heartbeat + "  dependencies: {endpoint: y}",
                "c.yml: pip-services:heartbeat-service:http:default:1.0: dependencies.endpoint: "
                    + "must have five parts separated by \":\" but is \"y\" (BAD_DESCRIPTOR)"
            ),
            (
                "- descriptor: pip-services-jobs:persistence:file:default:1.0",
                "c.yml: pip-services-jobs:persistence:file:default:1.0: path: must be set (NO_PATH)"
            ),
            (
                ConfigText.memory + "  options: {max_page_size: 0}",
                "c.yml: pip-services-jobs:persistence:memory:default:1.0: options.max_page_size: "
                    + "must be a number of at least 1 but is \"0\" (BAD_CONFIG)"
            ),
            (
                ConfigText.memory + ConfigText.controller + "  options: {max_retries: many}",
                "c.yml: pip-services-jobs:controller:default:default:1.0: options.max_retries: "
                    + "must be a number of at least 0 but is \"many\" (BAD_CONFIG)"
            ),
            (
                ConfigText.memory + ConfigText.controller + "  options: {retry: {backoff: fast}}",
                "c.yml: pip-services-jobs:controller:default:default:1.0: options.retry.backoff: "
                    + "must be one of exponential, linear, constant, none but is \"fast\" (BAD_CONFIG)"
            ),
            (
                ConfigText.memory + ConfigText.controller + "  options: {retry: {delay: -1}}",
                "c.yml: pip-services-jobs:controller:default:default:1.0: options.retry.delay: "
                    + "must be a number of at least 0 but is \"-1\" (BAD_CONFIG)"
            ),
            (
                ConfigText.memory + ConfigText.controller + "  options: {retry: {jitter: 1.5}}",
                "c.yml: pip-services-jobs:controller:default:default:1.0: options.retry.jitter: "
                    + "must be a number between 0.0 and 1.0 but is \"1.5\" (BAD_CONFIG)"
            ),
            (
                ConfigText.memory + ConfigText.controller + "  options: {retention: {failed: 30d}}",
                "c.yml: pip-services-jobs:controller:default:default:1.0: options.retention.failed: "
                    + "must be a number but is \"30d\" (BAD_CONFIG)"
            ),
            (
                "- descriptor: pip-services:counters:log:default:1.0\n  interval: 0",
                "c.yml: pip-services:counters:log:default:1.0: interval: "
                    + "must be a number of at least 1 but is \"0\" (BAD_CONFIG)"
            ),
        ])
    func refusals(text: String, line: String) {
        #expect {
            try ConfigText.plan(text)
        } throws: {
            "\($0)" == line
        }
    }

    @Test(
        "probable mistakes cause a warning",
        arguments: [
            (
                ConfigText.memory + "  options: {max_page_sice: 5}",
                "pip-services-jobs:persistence:memory:default:1.0: options.max_page_sice: "
                    + "is no key of this component and has no effect"
            ),
            (
                "- descriptor: pip-services:logger:console:default:1.0\n  level: degub",
                "pip-services:logger:console:default:1.0: level: "
                    + "\"degub\" is no level, so it is info"
            ),
            (
                ConfigText.endpoint("x", port: 1) + ConfigText.heartbeat
                    + "  connection: {port: 2}",
                "pip-services:heartbeat-service:http:default:1.0: connection.port: "
                    + "has no effect, as pip-services:endpoint:http:x:1.0 serves"
            ),
            (
                "- descriptor: pip-services:tracer:log:default:1.0",
                "pip-services:tracer:log:default:1.0: traces are not written"
            ),
        ])
    func slips(text: String, warning: String) throws {
        let warnings = try ConfigText.plan(text).warnings

        #expect(
            warnings.filter { !$0.contains("is used by no controller") } == ["c.yml: \(warning)"])
    }
}
