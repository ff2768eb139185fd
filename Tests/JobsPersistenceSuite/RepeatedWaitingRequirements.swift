import Jobs
import JobsEngine
import Testing

/// The requirements of waiting and merged claims with a request id over any store, each instance
/// with its own layers.
extension StoreRequirement {
    static let repeatedWaits: [StoreRequirement] = [
        StoreRequirement("repeats of a claim that wait in one instance share its job") { store in
            let waiting = store.layers()[0]
            let repeats = (0..<3).map { _ in Task { try await waiting.claim("r", wait: 60_000) } }
            try await waiting.whenWaiting(3)
            // One of them disconnects.
            repeats[0].cancel()
            try await waiting.whenWaiting(2)
            try await store.add(refID: "1")
            try await store.add(refID: "2")
            _ = try await waiting.add([NewJob(type: "mail", refID: "3")])

            let first = try await repeats[1].value
            let second = try await repeats[2].value

            #expect(first.count == 1 && first.map(\.lockToken) == second.map(\.lockToken))
            #expect(try await repeats[0].value.isEmpty)
            #expect(try await store.list { $0.retries = 1 }.jobs.count == 1)
        },
        StoreRequirement("repeats of a claim that wait in several instances share its job") {
            store in
            let layers = store.layers()
            let first = Task { try await layers[0].claim("r", wait: 60_000) }
            try await layers[0].whenWaiting(1)
            let second = Task { try await layers[layers.count - 1].claim("r", wait: 1500) }
            if layers.count > 1 { try await layers[layers.count - 1].whenWaiting(1) }
            _ = try await layers[0].add([NewJob(type: "mail", refID: "1")])

            let started = try await first.value
            let again = try await second.value

            #expect(started.count == 1 && again.map(\.lockToken) == started.map(\.lockToken))
        },
        StoreRequirement("a claim that was served does not wait, and takes no job of others") {
            store in
            let waiting = store.layers()[0]
            try await store.add()
            let started = try #require(try await waiting.claim("r", wait: 60_000).first)
            #expect(
                try await waiting.claim("r", wait: 60_000).map(\.lockToken) == [started.lockToken])
            _ = try await store.complete(started.job.id, started.lockToken)
            let other = Task { try await waiting.claim("s", wait: 60_000) }
            try await waiting.whenWaiting(1)

            // The line is known to be empty here.
            #expect(try await waiting.claim("r", wait: 600_000).isEmpty)

            _ = try await waiting.add([NewJob(type: "mail", refID: "2")])
            #expect(try await other.value.count == 1)
        },
        StoreRequirement("merged claims with one request id share a start") { store in
            _ = try await store.jobs.add((0..<40).map { NewJob(type: "mail", refID: "\($0)") })
            let layers = store.layers()

            let started = try await withThrowingTaskGroup(of: (Int, [StartedJob]).self) { group in
                for index in 0..<90 {
                    group.addTask {
                        let number = index / 3
                        let started = try await layers[index % layers.count].claim(
                            Claim(
                                type: "mail", timeout: 60_000, maxRetries: 10,
                                limit: number % 5 == 0 ? 2 : 1,
                                requestID: number % 6 == 1 ? nil : "r \(number)"))
                        return (number, started)
                    }
                }
                return try await group.reduce(into: [Int: [[StartedJob]]]()) {
                    $0[$1.0, default: []].append($1.1)
                }
            }

            // 24 requests, 4 of them for two jobs, and 15 plain claims for one or two.
            for (number, answers) in started where number % 6 != 1 {
                let tokens = Set(answers.flatMap { $0.map(\.lockToken) })
                #expect(tokens.count <= (number % 5 == 0 ? 2 : 1), "request \(number)")
            }
            let jobs = started.values.flatMap(\.self).flatMap(\.self)
            #expect(Set(jobs.map(\.lockToken)).count == Set(jobs.map(\.job.id)).count)
            let left = try await store.list { $0.retries = 0 }.jobs.count
            #expect(Set(jobs.map(\.job.id)).count + left == 40)
        },
    ]
}

extension StoreUnderTest {
    /// The layers of each instance. Claims wake by announcements of their own instance only.
    fileprivate func layers() -> [WaitingJobsPersistence] {
        let options = WaitingJobsPersistence.Options(
            probeInterval: .seconds(3600), blindProbeInterval: .seconds(3600))
        return instances.map {
            WaitingJobsPersistence(MergingJobsPersistence($0), options: options)
        }
    }
}

extension WaitingJobsPersistence {
    fileprivate func claim(_ request: String, wait: Int64) async throws -> [StartedJob] {
        let claim = Claim(type: "mail", timeout: 60_000, maxRetries: 10, requestID: request)
        return try await self.claim(claim, ClaimWait(milliseconds: wait))
    }

    /// Returns when exactly so many claims wait.
    fileprivate func whenWaiting(_ count: Int) async throws {
        for _ in 0..<10_000 where waitingCount != count {
            try await Task.sleep(for: .milliseconds(1))
        }
        try #require(waitingCount == count)
    }
}
