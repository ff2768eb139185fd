import Jobs
import Testing

extension MetricsRequirement {
    static let events: [MetricsRequirement] = [
        MetricsRequirement("a job is counted when it is added, and not if it existed") { counted in
            try await counted.store.add()
            _ = try await counted.store.jobs.addUnique(NewJob(type: "mail", refID: "1"))
            for _ in 0..<2 {
                _ = try await counted.store.jobs.addUnique(NewJob(type: "mail", refID: "2"))
            }
            try await counted.store.add(type: "other kind")

            #expect(counted.count("jobs_added_total") == 2)
            #expect(counted.count("jobs_added_total", type: "other kind") == 1)
        },
        MetricsRequirement("a completion counts once, with the time since the claim") { counted in
            try await counted.store.add()
            let started = try #require(try await counted.store.start())
            try await counted.store.pass(milliseconds: 300)

            for _ in 0..<2 {
                let job = try await counted.store.complete(started.job.id, started.lockToken)
                #expect(job?.completed != nil)
                try await counted.store.pass(milliseconds: 300)
            }

            #expect(counted.count("jobs_completions_total") == 1)
            #expect(counted.workTimes().count == 1)
            #expect(counted.workTimes().allSatisfy { $0 >= 300 })
        },
        MetricsRequirement("each completion of a batch is counted once") { counted in
            let store = counted.store
            for refID in 1...3 { try await store.add(refID: "\(refID)") }
            let untouched = try await store.add(type: "report")
            var leases: [LeaseReference] = []
            while let started = try await store.start() {
                leases.append(LeaseReference(id: started.job.id, lockToken: started.lockToken))
            }
            leases.append(LeaseReference(id: untouched.id))

            _ = try await store.jobs.change(leases.map { JobChange($0, .complete) })
            try await store.pass(milliseconds: 300)
            _ = try await store.jobs.change(leases.map { JobChange($0, .complete) })

            #expect(counted.count("jobs_completions_total") == 3)
            #expect(counted.workTimes().count == 3)
            #expect(counted.count("jobs_completions_total", type: "report") == 1)
            #expect(counted.workTimes(type: "report").isEmpty)
        },
        MetricsRequirement("a completion that is refused does not count") { counted in
            let job = try await counted.store.add()
            await #expect(throws: JobsError.lockLost(job.id)) {
                try await counted.store.complete(job.id, .random())
            }
            #expect(counted.count("jobs_completions_total") == 0)
        },
        MetricsRequirement("a start counts as a takeover if there was a lease that had lapsed") {
            counted in
            let store = counted.store
            try await store.add()
            let first = try #require(try await store.start(timeout: 60_000))
            _ = try await store.abort(first.job.id)
            _ = try await store.start(timeout: 0)
            #expect(counted.count("jobs_leases_lapsed_total") == 0)

            _ = try await store.start(timeout: 0)
            _ = try await store.jobs.start(Start(first.job.id, timeout: 0))
            try await store.add(refID: "2")
            _ = try await store.jobs.claim(
                Claim(type: "mail", timeout: 0, maxRetries: 10, limit: 2))

            #expect(counted.count("jobs_leases_lapsed_total") == 3)
        },
        MetricsRequirement("an expired job is counted when a claim or cleaning finds it") {
            counted in
            let store = counted.store
            try await store.add(ttl: 200)
            try await store.add(type: "report", ttl: 200)
            try await store.pass(milliseconds: 400)
            #expect(try await store.start() == nil)
            #expect(counted.count("jobs_expirations_total") == 1)
            #expect(counted.count("jobs_expirations_total", type: "report") == 0)

            try await store.jobs.clean(Cleaning(maxRetries: 10))
            try await store.jobs.clean(Cleaning(maxRetries: 10))

            #expect(counted.count("jobs_expirations_total") == 1)
            #expect(counted.count("jobs_expirations_total", type: "report") == 1)
            #expect(counted.cleaned == CleanedJobs(expired: 2))
        },
        MetricsRequirement("jobs that cleaning removes are returned and counted by reason") {
            counted in
            let store = counted.store
            for _ in 0..<3 { _ = try await store.complete(try await store.add().id) }
            for _ in 0..<2 { try await store.add(ttl: 1) }
            let exhausted = try await store.add()
            for _ in 0..<2 { _ = try await store.jobs.start(Start(exhausted.id, timeout: 0)) }
            try await store.add()
            try await store.pass(milliseconds: 50)

            let cleaned = try await store.jobs.clean(Cleaning(maxRetries: 1))

            #expect(cleaned == CleanedJobs(completed: 3, expired: 2, exhausted: 1))
            #expect(counted.cleaned == cleaned)
            #expect(try await store.jobs.cleanInTurn(Cleaning(maxRetries: 1)) == CleanedJobs())
        },
        MetricsRequirement("expired jobs are counted when a batch claim finds them") { counted in
            let store = counted.store
            for refID in 1...5 { try await store.add(refID: "\(refID)", ttl: 200) }
            try await store.pass(milliseconds: 400)
            try await store.add(refID: "6")

            let started = try await store.jobs.claim(
                Claim(type: "mail", timeout: 1000, maxRetries: 10, limit: 3))

            #expect(started.count == 1)
            #expect(counted.count("jobs_expirations_total") == 5)
        },
        MetricsRequirement("an exhausted job is counted once") { counted in
            let store = counted.store
            try await store.add()
            for _ in 0..<2 {
                _ = try await store.start(timeout: 200, maxRetries: 2)
                try await store.pass(milliseconds: 400)
            }

            for _ in 0..<3 { #expect(try await store.start(maxRetries: 2) == nil) }

            #expect(counted.count("jobs_exhaustions_total") == 1)
        },
    ]
}
