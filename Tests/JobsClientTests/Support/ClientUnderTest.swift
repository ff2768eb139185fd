import JobsClient
import JobsTestSupport
import Testing

/// The clients that all behave in the same way, each with an empty store and the clock of that
/// store.
enum ClientUnderTest: CaseIterable, Sendable, CustomTestStringConvertible {
    case direct, http, original

    var testDescription: String {
        switch self {
        case .direct: "direct"
        case .http: "over HTTP"
        case .original: "over HTTP, to a service with only the original operations"
        }
    }

    func run(_ body: @Sendable @escaping (any JobsClient, TestClock) async throws -> Void)
        async throws
    {
        switch self {
        case .direct:
            let clock = TestClock()
            try await body(MemoryJobsClient(clock: { clock.now }), clock)
        case .http, .original:
            try await RunningService.run(self == .http ? .full : .original) { service in
                let client = try HTTPJobsClient(url: service.url)
                try await body(client, service.clock)
                await client.shutdown()
            }
        }
    }
}
