import HTTPTestSupport
import HTTPTypes
import HummingbirdCore
import Jobs
import JobsTestSupport
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

@Suite("Health")
struct HealthTests {
    private let log = LogRecorder()

    /// A store whose answers the test controls.
    private final class Store: Sendable {
        private let state = Mutex<(error: (any Error)?, asked: Int)>((nil, 0))
        /// While set, the store answers at once.
        let mayAnswer = Flag()
        let wasAsked = Flag()

        init(answers: Bool = true) {
            if answers { mayAnswer.set() }
        }

        var asked: Int { state.withLock { $0.asked } }

        func fail(with error: (any Error)?) { state.withLock { $0.error = error } }

        func check() async throws {
            let error = state.withLock { state in
                state.asked += 1
                return state.error
            }
            wasAsked.set()
            try await mayAnswer.wait()
            if let error { throw error }
        }
    }

    /// Runs a readiness over a store during `body`.
    private func with(
        _ store: Store, lifetime: Duration = .zero, patience: Duration = .seconds(60),
        _ body: @Sendable @escaping (Readiness) async throws -> Void
    ) async throws {
        let readiness = Readiness(
            checks: [{ try await store.check() }], lifetime: lifetime, patience: patience,
            logger: log.logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: readiness)], logger: log.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body(readiness)
            } catch {
                store.mayAnswer.set()
                await group.triggerGracefulShutdown()
                throw error
            }
            store.mayAnswer.set()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func get(
        _ path: String, _ readiness: Readiness, _ options: EndpointOptions = .init(port: 0)
    ) async throws -> TestAnswer {
        let responder = EndpointResponder(options: options, routes: [.health(readiness)])
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        let request = Request(head: head, body: .init(buffer: .init()))
        return TestAnswer(try await responder.respond(to: request))
    }

    @Test("a service whose store answers is live and ready")
    func ready() async throws {
        try await with(Store()) { readiness in
            let live = try await get("/health/live", readiness)
            let ready = try await get("/health/ready", readiness)

            #expect(live.status == 200)
            #expect(live.text == #"{"status":"live"}"#)
            #expect(ready.status == 200)
            #expect(ready.text == #"{"status":"ready"}"#)
            let health = try await get("/health", readiness)
            #expect((health.status, health.text) == (ready.status, ready.text))
        }
    }

    @Test("a service whose store is unavailable is live but not ready, and logs that once")
    func away() async throws {
        let store = Store()
        store.fail(with: JobsError.unavailable(reason: "db.example.com is away"))
        try await with(store) { readiness in
            for _ in 0..<2 {
                let ready = try await get("/health/ready", readiness)
                #expect(ready.isError(503, "NoResponse", "CONNECT_FAILED"))
                #expect(ready.header("Retry-After") == "1")
                #expect(!ready.text.contains("db.example.com"))
                #expect(try await get("/health", readiness).status == 503)
            }
            #expect(try await get("/health/live", readiness).status == 200)
            store.fail(with: nil)
            #expect(try await get("/health/ready", readiness).status == 200)
        }
        let messages = log.lines.map(\.message).filter { $0.contains("ready") }
        #expect(messages == ["The service is not ready", "The service is ready again"])
    }

    @Test("a service whose store is overloaded is ready")
    func overloaded() async throws {
        let store = Store()
        store.fail(with: JobsError.overloaded)

        try await with(store) { #expect(await $0.verdict() == .ready) }
    }

    @Test("concurrent probes share one check")
    func shared() async throws {
        let store = Store(answers: false)
        try await with(store) { readiness in
            try await withThrowingTaskGroup(of: Readiness.Verdict.self) { group in
                for _ in 0..<50 { group.addTask { await readiness.verdict() } }
                try await store.wasAsked.wait()
                store.mayAnswer.set()

                for try await verdict in group { #expect(verdict == .ready) }
            }
        }
        // A probe that arrived after the first result caused another check.
        #expect((1...50).contains(store.asked))
    }

    @Test("a result is valid for a while, also a failure", arguments: [true, false])
    func cached(isAvailable: Bool) async throws {
        let store = Store()
        store.fail(with: isAvailable ? nil : JobsError.unavailable(reason: "away"))
        try await with(store, lifetime: .seconds(600)) { readiness in
            let first = await readiness.verdict()
            store.fail(with: isAvailable ? JobsError.unavailable(reason: "away") : nil)

            for _ in 0..<100 { #expect(await readiness.verdict() == first) }
            #expect(first == (isAvailable ? .ready : .unavailable))
        }
        #expect(store.asked == 1)
    }

    @Test("only one probe waits for a hanging store, and there is no second check meanwhile")
    func hanging() async throws {
        let store = Store(answers: false)
        try await with(store, patience: .milliseconds(100)) { readiness in
            for _ in 0..<20 { #expect(await readiness.verdict() == .unavailable) }
            #expect(store.asked == 1)

            store.mayAnswer.set()
            while await readiness.verdict() != .ready { await Task.yield() }
        }
    }

    @Test("a service that is about to stop is not ready, without a check")
    func stopping() async throws {
        let store = Store()
        try await with(store) { readiness in
            readiness.stop()

            let ready = try await get("/health/ready", readiness)

            #expect(ready.isError(503, "InvalidState", "SERVER_UNAVAILABLE"))
            #expect(try await get("/health/live", readiness).status == 200)
        }
        #expect(store.asked == 0)
    }

    @Test("in maintenance a service is live and not ready")
    func maintenance() async throws {
        let options = EndpointOptions(port: 0, maintenanceEnabled: true)
        try await with(Store()) { readiness in
            #expect(try await get("/health/live", readiness, options).status == 200)
            let ready = try await get("/health/ready", readiness, options)
            #expect(ready.isError(503, "InvalidState", "SERVER_UNAVAILABLE"))
            #expect(ready.header("Retry-After") == "3600")
        }
    }
}
