import JobsAPI
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("How the load limit learns from operations")
    struct LoadLearningTests {
        @Test("the duration of a single operation on one job sets the expectation for others")
        func oneJob() async throws {
            #expect(try await takesMany(after: [addJob("r1")]))
        }

        @Test("an operation on many jobs is not measured, and the next one on one job is")
        func manyJobs() async throws {
            let job = #"{"type":"t1","ref_id":"r1","ttl":1000}"#
            let manyJobs = post("/v1/jobs/add_jobs", #"{"new_jobs":[\#(job)]}"#)
            #expect(try await takesMany(after: [manyJobs]) == false)
            #expect(try await takesMany(after: [manyJobs, addJob("r1")]))
        }

        @Test("the first of many concurrent operations is not measured")
        func burst() async throws {
            let load = LoadLimit(latency: .nanoseconds(1))
            let operations = (0..<64).map { _ in load.begin() }
            for operation in operations.prefix(4) { load.end(operation, isDone: true) }
            for operation in operations.dropFirst(4) { load.end(operation, isDone: false) }

            #expect(try await takesMany(load) == false)
        }

        @Test("operations on many jobs are limited as well")
        func flood() async throws {
            let load = LoadLimit(latency: .nanoseconds(1))
            let operations = (0..<10_000).map { _ in load.begin() }
            try await Task.sleep(for: .milliseconds(200))
            for operation in operations.prefix(9000) {
                load.end(operation, isDone: true, isBulk: true)
            }
            try await Task.sleep(for: .milliseconds(200))
            load.end(operations[9000], isDone: true, isBulk: true)

            #expect(load.isReached(isLate: false))
        }

        @Test("the commands on many jobs are marked as such")
        func commands() {
            #expect(
                Set(Command.all.filter { !$0.isAboutOneJob }.map(\.name)) == [
                    "get_jobs", "delete_jobs", "clean_jobs", "add_jobs", "start_jobs_by_type",
                    "extend_jobs", "abort_jobs", "complete_jobs", "fail_jobs", "replay_jobs",
                    "get_errors", "get_schedules", "start_operation", "get_operations",
                    "get_audit", "get_types", "explain_job", "pause_type", "resume_type",
                    "set_type",
                ])
        }

        /// Whether more than the minimum is accepted after many operations have shown how fast the
        /// store is, given the duration of earlier requests.
        private func takesMany(after requests: [String]) async throws -> Bool {
            // So short that only the measured durations of single operations count.
            let load = LoadLimit(latency: .nanoseconds(1))
            try await RunningEndpoint.run(load: load) { endpoint in
                try await endpoint.connect { client in
                    for request in requests {
                        try await client.send(request)
                        #expect(try await client.readAnswer().status == 200)
                    }
                }
            }
            return try await takesMany(load)
        }

        private func takesMany(_ load: LoadLimit) async throws -> Bool {
            #expect(load.inWork == 0)
            let operations = (0..<1_000_000).map { _ in load.begin() }
            try await Task.sleep(for: .milliseconds(200))
            // The first one ends the previous measurement, the last one ends this measurement.
            for operation in operations.prefix(900_000) { load.end(operation, isDone: true) }
            try await Task.sleep(for: .milliseconds(200))
            load.end(operations[900_000], isDone: true)
            for operation in operations.dropFirst(900_001 + LoadEstimate.leastLimit) {
                load.end(operation, isDone: false)
            }
            return !load.isReached(isLate: false)
        }
    }
}
