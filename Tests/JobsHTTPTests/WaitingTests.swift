import Foundation
import Jobs
import JobsAPI
import JobsTestSupport
import Testing

@testable import HTTPEdge
@testable import JobsHTTP

extension OverASocket {
    @Suite("Claims that wait")
    struct Waiting {
        private func claim(_ wait: Int, type: String = "t1", timeout: Int = 60_000) -> String {
            post(
                "/v1/jobs/start_job_by_type",
                #"{"type":"\#(type)","timeout":\#(timeout),"wait_timeout":\#(wait)}"#)
        }

        @Test("a claim is answered when a job arrives, or with 204 after its wait")
        func waiting() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(claim(20))
                    #expect(try await worker.readAnswer().status == 204)

                    try await worker.send(claim(60_000))
                    try await endpoint.whenWaiting(1)
                    try await endpoint.connect { producer in
                        try await producer.send(addJob("r1"))
                        #expect(try await producer.readAnswer().status == 200)
                    }
                    let answer = try await worker.readAnswer()
                    #expect(answer.status == 200)
                    #expect(answer.object["ref_id"] as? String == "r1")
                    #expect(answer.object["lock_token"] is String)
                }
            }
        }

        @Test("a claim for many is answered with the jobs that arrive, or with an empty list")
        func many() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { worker in
                    let body = #"{"type":"t1","timeout":1000,"max_jobs":10,"wait_timeout":"#
                    try await worker.send(post("/v1/jobs/start_jobs_by_type", body + "20}"))
                    #expect(try await worker.readAnswer().text == #"{"data":[]}"#)

                    try await worker.send(post("/v1/jobs/start_jobs_by_type", body + "60000}"))
                    try await endpoint.whenWaiting(1)
                    try await endpoint.connect { producer in
                        try await producer.send(addJob("r1"))
                        _ = try await producer.readAnswer()
                    }
                    #expect(try await worker.readAnswer().jobs.count == 1)
                }
            }
        }

        @Test(
            "a claim whose key was removed while it waited gets no job, and the job is ready",
            arguments: [nil, [.read], [.work]] as [Set<AccessScope>?])
        func keyTakenAway(scopes: Set<AccessScope>?) async throws {
            let access = Access([APIKeyAuthenticator([Access.key("worker", scopes: [.work])])])
            try await RunningEndpoint.run(access: access) { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(
                        post(
                            "/v1/jobs/start_job_by_type",
                            #"{"type":"t1","timeout":60000,"wait_timeout":60000}"#,
                            "X-Api-Key: worker"))
                    try await endpoint.whenWaiting(1)
                    let left = scopes.map {
                        [Access.key("worker", scopes: $0, types: $0 == [.work] ? ["t2"] : nil)]
                    }
                    access.use([APIKeyAuthenticator(left ?? [])])

                    try await endpoint.addJob()
                    let answer = try await worker.readAnswer()

                    #expect(answer.status == (scopes == nil ? 401 : 403))
                    let job = try #require(
                        try await endpoint.jobs.list(JobFilter(), Paging()).jobs.first)
                    #expect(job.retries == 0 && job.lockedUntil == nil && job.started == nil)
                }
            }
        }

        @Test("a claim keeps its place when other keys have been changed")
        func otherKeysChanged() async throws {
            let key = Access.key("worker", scopes: [.work], types: ["t1"])
            let access = Access([APIKeyAuthenticator([key])])
            try await RunningEndpoint.run(access: access) { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(
                        post(
                            "/v1/jobs/start_job_by_type",
                            #"{"type":"t1","timeout":60000,"wait_timeout":60000}"#,
                            "X-Api-Key: worker"))
                    try await endpoint.whenWaiting(1)
                    access.use([
                        APIKeyAuthenticator([Access.key("other", scopes: [.work]), key])
                    ])

                    try await endpoint.addJob()

                    #expect(try await worker.readAnswer().status == 200)
                }
            }
        }

        @Test("idle connections are closed, claims that wait are not idle")
        func idle() async throws {
            var options = EndpointOptions(port: 0)
            options.idleTimeout = .milliseconds(200)
            try await RunningEndpoint.run(options) { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(claim(1000))
                    #expect(try await worker.readAnswer().status == 204)
                    try await worker.expectEnd()
                }
            }
        }

        enum Departure: CaseIterable {
            case closing, resetting, finishing
        }

        @Test(
            "a disconnected caller gets no job and takes none", arguments: Departure.allCases)
        func gone(_ departure: Departure) async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { worker in
                    try await worker.send(claim(60_000))
                    try await endpoint.whenWaiting(1)
                    switch departure {
                    case .closing: try await worker.close()
                    case .resetting: try await worker.reset()
                    case .finishing:
                        worker.finish()
                        #expect(try await worker.readAnswer().status == 204)
                    }
                    try await endpoint.whenWaiting(0)
                }
                try await endpoint.addJob()
                try await endpoint.connect { worker in
                    try await worker.send(claim(60_000))
                    #expect(try await worker.readAnswer().integer("retries") == 1)
                }
            }
        }

        @Test("jobs are released if their caller disconnects during the claim, without a count")
        func racing() async throws {
            try await RunningEndpoint.run { endpoint in
                for round in 0..<60 {
                    let new = NewJob(type: "t\(round)", refID: "")
                    try await endpoint.connect { worker in
                        if round % 2 == 0 {
                            try await worker.send(claim(60_000, type: new.type))
                            try await endpoint.whenWaiting(1)
                            _ = try await endpoint.jobs.add([new])
                        } else {
                            _ = try await endpoint.jobs.add([new])
                            try await worker.send(claim(0, type: new.type))
                        }
                        if round % 3 == 0 {
                            try await worker.reset()
                        } else {
                            try await worker.close()
                        }
                    }
                }
                // Jobs that were answered before the connection ended are leased; all others are
                // ready.
                try await endpoint.whenWaiting(0)
                try await endpoint.connect { worker in
                    for round in 0..<60 {
                        try await worker.send(claim(100, type: "t\(round)"))
                        _ = try await worker.readAnswer()
                    }
                    let jobs = try await endpoint.jobs.list(JobFilter(), Paging()).jobs
                    #expect(jobs.count == 60)
                    #expect(jobs.filter(\.isLeased).count == 60)
                    #expect(jobs.filter { $0.retries == 1 }.count == 60)
                }
            }
        }

        @Test("a stop answers all waiting claims with 204 at once")
        func stopping() async throws {
            try await RunningEndpoint.run { endpoint in
                try await endpoint.connect { first in
                    try await first.send(claim(60_000))
                    try await endpoint.connect { second in
                        try await second.send(claim(60_000, type: "t2"))
                        try await endpoint.whenWaiting(2)
                        await endpoint.shutDown()
                        #expect(try await first.readAnswer().status == 204)
                        #expect(try await second.readAnswer().status == 204)
                        try await first.expectEnd()
                        try await second.expectEnd()
                    }
                }
                try await endpoint.hasStopped.wait()
            }
        }
    }
}

@Suite("wait_timeout")
struct WaitTimeoutTests {
    @Test(
        "has to be a number of milliseconds up to a minute",
        arguments: ["-1", "60001", "\"x\"", "[]"])
    func range(_ value: String) async throws {
        let service = TestService()
        let answer = try await service.post(
            "start_job_by_type", #"{"type":"t1","timeout":1,"wait_timeout":\#(value)}"#)
        #expect(answer.status == 400)
        #expect(answer.text.contains("wait_timeout"))
    }
}
