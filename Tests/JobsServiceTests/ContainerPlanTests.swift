import HTTPEdge
import Jobs
import JobsEngine
import JobsHTTP
import JobsMemory
import Logging
import Platform
import Testing

@testable import JobsService

@Suite struct ContainerPlanTests {
    @Test("the default file has one endpoint that serves everything")
    func ownFile() throws {
        let plan = try ContainerPlan(ConfigFile(path: Project.configFile, parameters: [:]))

        #expect(plan.info.name == "jobs")
        #expect(plan.info.description == "Jobs orchestration microservice")
        #expect(plan.info.id == hostName())
        #expect(!plan.info.id.isEmpty)
        #expect(plan.console == ConsoleSettings(level: .info, format: .text))
        #expect(plan.counters == nil)
        #expect(plan.controllers.map(\.options) == [JobsController.Options()])
        #expect(plan.endpoints.map(\.settings.options.host) == [AnyAddress.host])
        #expect(plan.endpoints.map(\.settings.options.port) == [8080])
        #expect(
            plan.endpoints.map(\.served) == [
                [
                    .jobs(
                        baseRoute: "v1/jobs", controller: 0,
                        description: DescriptionSettings(yamlRoute: "v1/jobs/swagger")),
                    .heartbeat(route: "heartbeat"), .status(route: "status"),
                ]
            ])
        #expect(plan.warnings == [])
    }

    @Test(
        "the files of older services work unchanged and cause no warning",
        arguments: OriginalFile.allCases)
    func originalFiles(file: OriginalFile) throws {
        let plan = try ConfigText.plan(file.text)

        #expect(plan.console == ConsoleSettings(level: .trace))
        #expect(plan.endpoints.map(\.served.count) == [3])
        #expect(plan.warnings == [])
    }

    @Test("the components are listed in the order of creation, the container's own first")
    func components() throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller + ConfigText.endpoint("x", port: 1))

        #expect(
            plan.components == [
                "pip-services:context-info:default:default:1.0",
                "pip-services:factory:container:default:1.0",
                "pip-services-jobs:persistence:memory:default:1.0",
                "pip-services-jobs:controller:default:default:1.0",
                "pip-services:endpoint:http:x:1.0",
            ])
    }

    @Test("the name and the description of the service come from the file")
    func contextInfo() throws {
        let plan = try ConfigText.plan(
            """
            - descriptor: pip-services:context-info:default:default:1.0
              name: shop jobs
              description: of the shop
              properties: {team: t, deep: {er: 1}}
            """)

        #expect(
            plan.info
                == ContextInfo(
                    id: hostName(), name: "shop jobs", description: "of the shop",
                    properties: ["team": "t", "deep.er": "1"]))
    }

    @Test("a controller uses the first store, and unused stores cause a warning")
    func firstStore() throws {
        let second = "- descriptor: pip-services-jobs:persistence:memory:second:1.0\n"
        let plan = try ConfigText.plan(ConfigText.memory + second + ConfigText.controller)

        #expect(
            plan.stores.map { "\($0.config.descriptor)" }
                == ["pip-services-jobs:persistence:memory:default:1.0"])
        #expect(
            plan.warnings == [
                "c.yml: pip-services-jobs:persistence:memory:second:1.0: is used by no controller"
            ])
    }

    @Test("references select the store, the controller and the endpoint")
    func references() throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller + ConfigText.endpoint("one", port: 1)
                + ConfigText.endpoint("two", port: 2) + ConfigText.service + """
                    - descriptor: pip-services-jobs:persistence:memory:second:1.0
                    - descriptor: pip-services-jobs:controller:default:second:1.0
                      dependencies: {persistence: "*:persistence:*:second:1.0"}
                    - descriptor: pip-services-jobs:service:http:second:1.0
                      base_route: /v2/jobs/
                      dependencies:
                        endpoint: "*:endpoint:http:two:1.0"
                        controller: "*:controller:*:second:1.0"
                    """)

        #expect(plan.stores.count == 2)
        #expect(plan.controllers.map(\.store) == [0, 1])
        #expect(
            plan.endpoints.map(\.served) == [
                [.jobs(baseRoute: "v1/jobs", controller: 0)],
                [
                    .jobs(
                        baseRoute: "v2/jobs", controller: 1,
                        dashboard: DashboardSettings(jobsRoute: "v2/jobs"))
                ],
            ])
    }

    @Test("a service without a shared endpoint opens its own")
    func ownEndpoint() throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller + """
                - descriptor: pip-services-jobs:service:http:default:1.0
                  connection: {host: 127.0.0.1, port: 8081}
                - descriptor: pip-services:heartbeat-service:http:default:1.0
                  base_route: health
                  route: /alive
                """)

        #expect(
            plan.endpoints.map(\.settings.options.host) == ["127.0.0.1", AnyAddress.host])
        #expect(plan.endpoints.map(\.settings.options.port) == [8081, 3000])
        #expect(
            plan.endpoints.map(\.served) == [
                [.jobs(baseRoute: "v1/jobs", controller: 0)], [.heartbeat(route: "health/alive")],
            ])
    }

    @Test(
        "the operations are described unless that is disabled, in YAML if it is enabled",
        arguments: [
            ("{auto: true}", DescriptionSettings()), ("{enable: false, name: x}", nil),
            ("{enable: true}", DescriptionSettings(yamlRoute: "v1/jobs/swagger")),
            (
                "{enable: true, route: /api/, name: Shop, description: of the shop}",
                DescriptionSettings(title: "Shop", text: "of the shop", yamlRoute: "v1/jobs/api")
            ),
        ])
    func description(swagger: String, settings: DescriptionSettings?) throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller + ConfigText.endpoint("x", port: 1)
                + ConfigText.service + "  swagger: \(swagger)")

        #expect(plan.endpoints.map(\.descriptions) == [settings.map { [$0] } ?? []])
        #expect(plan.warnings == [])
    }

    @Test("the options of the controller are applied")
    func controllerOptions() throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller
                + "  options: {clean_interval: 0, max_retries: 3}")

        #expect(
            plan.controllers.map(\.options)
                == [JobsController.Options(maxRetries: 3, cleanInterval: 0)])
    }

    @Test("the retries and the retention of the controller are applied, with their defaults")
    func outcomes() throws {
        let plan = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller
                + """
                  options:
                    retry: {backoff: linear, delay: 5, max_delay: 50, jitter: 0.5}
                    retention: {completed: 1, failed: 2, cancelled: 3, expired: 4}
                """)
        let partly = try ConfigText.plan(
            ConfigText.memory + ConfigText.controller
                + "  options: {retry: {jitter: 0}, retention: {completed: 1e3}}")

        let options = try #require(plan.controllers.first?.options)
        #expect(
            options.retry == RetryPolicy(backoff: .linear, delay: 5, maxDelay: 50, jitter: 0.5))
        #expect(
            options.retention == Retention(completed: 1, failed: 2, cancelled: 3, expired: 4))
        #expect(plan.warnings == [])
        #expect(partly.controllers.first?.options.retry == RetryPolicy(jitter: 0))
        #expect(partly.controllers.first?.options.retention == Retention(completed: 1000))
    }

    @Test("the store of the plan is opened")
    func opening() async throws {
        let plan = try ConfigText.plan(ConfigText.memory + ConfigText.controller)

        let store = try await #require(plan.stores.first)
            .open(Logger(label: "test"), JobMetrics())

        #expect(store.persistence is MemoryJobsPersistence)
        #expect(store.services.isEmpty)
    }

    @Test("known keys and components without effect cause no warning")
    func silence() throws {
        let plan = try ConfigText.plan(
            """
            - descriptor: pip-services:logger:composite:default:1.0
            - descriptor: pip-services:counters:log:default:1.0
              level: trace
            - descriptor: pip-services:counters:composite:default:1.0
            - descriptor: pip-services:tracer:null:default:1.0
            - descriptor: pip-services:cache:memory:default:1.0
              options: {timeout: 5}
            - descriptor: pip-services:discovery:memory:default:1.0
            - descriptor: pip-services:endpoint:http:default:1.0
              options: {debug: true, connect_timeout: 5, file_max_size: 1}
            """)

        #expect(plan.warnings == [])
        #expect(plan.components.count == 9)
    }

    @Test(
        "the loggers of the file configure the console",
        arguments: [
            ([], ConsoleLevel.info), (["null"], .none), (["composite"], .info),
            (["null", "console"], .debug), (["console", "composite"], .debug),
        ])
    func loggers(kinds: [String], level: ConsoleLevel) throws {
        let text = kinds.map {
            "- descriptor: pip-services:logger:\($0):default:1.0\n  level: debug\n"
        }

        #expect(try ConfigText.plan(text.isEmpty ? "[]" : text.joined()).console.level == level)
    }
}
