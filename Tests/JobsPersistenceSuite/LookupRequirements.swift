import Jobs
import Testing

extension StoreRequirement {
    static let lookups: [StoreRequirement] = [
        StoreRequirement("one call returns the types of jobs, without unknown ids") { store in
            var types: [JobID: String] = [:]
            for index in 0..<300 {
                let type = index == 7 ? "caf\u{E9}" : "t\(index % 3)"
                types[try await store.add(type: type).id] = type
            }
            let unknown = ["", "none", "0123456789abcdef01234567", "$type", "7"].map { JobID($0) }

            let found = try await store.jobs.types(of: Set(types.keys).union(unknown))

            #expect(found == types)
            #expect(try await store.jobs.types(of: []) == [:])
            #expect(try await store.jobs.types(of: Set(unknown)) == [:])
        },
        StoreRequirement("the returned time is the one by which jobs are judged") { store in
            let before = try await store.jobs.now()
            let job = try await store.add()
            let started = try #require(try await store.jobs.start(Start(job.id, timeout: 40))).job
            let after = try await store.jobs.now()

            #expect(before <= job.created)
            #expect(started.state(at: after) == .running || after >= started.lockedUntil ?? .max)
            try await store.pass(milliseconds: 41)
            #expect(started.state(at: try await store.jobs.now()) == .ready)
        },
    ]
}
