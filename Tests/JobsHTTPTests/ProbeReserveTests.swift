import NIOCore
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

private let probe = "GET /heartbeat HTTP/1.1\r\nHost: x\r\n\r\n"

extension OverASocket {
    @Suite("Probes on connections above the limit")
    struct ProbeReserveTests {
        private func options(refused: Int? = nil) -> EndpointOptions {
            var options = EndpointOptions(port: 0)
            options.maxConnections = 1
            options.maxRefusedConnections = refused
            return options
        }

        @Test("one probe is answered on a connection above the limit")
        func probes() async throws {
            try await RunningEndpoint.run(options()) { endpoint in
                try await endpoint.connect { idle in
                    _ = try await idle.answer(to: probe)
                    for _ in 0..<3 {
                        try await endpoint.connect { client in
                            let answer = try await client.answer(to: probe)

                            #expect(answer.status == 200)
                            #expect(answer.header("Connection") == "close")
                            try await client.expectEnd()
                        }
                    }
                }
            }
        }

        @Test(
            "other requests get a 503 there and are not carried out",
            arguments: [
                addJob("r1"), post("/heartbeat"), probe.replacing("heartbeat", with: "none"),
                "garbage\r\n\r\n",
            ])
        func others(request: String) async throws {
            try await RunningEndpoint.run(options()) { endpoint in
                try await endpoint.connect { idle in
                    _ = try await idle.answer(to: probe)
                    try await endpoint.connect { client in
                        let answer = try await client.answer(to: request)

                        #expect(answer.status == (request.hasPrefix("garbage") ? 400 : 503))
                        try await client.expectEnd()
                    }
                    #expect(try await endpoint.countJobs() == 0)
                }
            }
        }

        @Test("requests after a probe there are not carried out")
        func behindProbe() async throws {
            try await RunningEndpoint.run(options()) { endpoint in
                try await endpoint.connect { idle in
                    _ = try await idle.answer(to: probe)
                    try await endpoint.connect { client in
                        let answer = try await client.answer(to: probe + addJob("r1"))

                        #expect(answer.status == 200)
                        try await client.expectEnd()
                    }
                    #expect(try await endpoint.countJobs() == 0)
                }
            }
        }

        @Test("silent connections are closed for others", arguments: [probe, addJob("r1")])
        func makingRoom(request: String) async throws {
            try await RunningEndpoint.run(options()) { endpoint in
                try await endpoint.connect { silent in
                    try await endpoint.whenConnected(1)
                    // By then it counts as silent.
                    try await Task.sleep(for: .milliseconds(1100))
                    try await endpoint.connect { client in
                        let answer = try await client.answer(to: request)

                        #expect(answer.status == 200)
                    }
                    try await silent.expectEnd()
                }
            }
        }
    }
}
