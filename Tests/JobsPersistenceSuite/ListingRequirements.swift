import JSON
import Jobs
import Testing

extension StoreRequirement {
    static let filters: [StoreRequirement] = [
        StoreRequirement("a filter compares ids, types and references exactly") { store in
            let first = try await store.add(type: "a", refID: "1")
            let second = try await store.add(type: "a", refID: "2")
            let third = try await store.add(type: "caf\u{E9}", refID: "1")

            #expect(try await store.list { $0.id = second.id }.jobs == [second])
            #expect(try await store.list { $0.type = "a" }.jobs == [first, second])
            #expect(try await store.list { $0.refID = "1" }.jobs == [first, third])
            #expect(
                try await store.list {
                    $0.type = "a"
                    $0.refID = "1"
                }.jobs == [first])
            for type in ["A", "", ".*", "cafe\u{301}"] {
                #expect(try await store.list { $0.type = type }.jobs.isEmpty)
            }
        },
        StoreRequirement("a filter on several types finds the jobs of all of them") { store in
            let first = try await store.add(type: "a", refID: "1")
            let second = try await store.add(type: "caf\u{E9}", refID: "2")
            _ = try await store.add(type: "b", refID: "1")

            #expect(
                try await store.list { $0.types = ["a", "caf\u{E9}", "none"] }.jobs
                    == [first, second])
            #expect(
                try await store.list {
                    $0.types = ["a", "b"]
                    $0.type = "a"
                }.jobs == [first])
            for types: Set<String> in [[], ["cafe\u{301}"]] {
                #expect(try await store.list { $0.types = types }.jobs.isEmpty)
            }
        },
        StoreRequirement("a filter on an id is combined with the other conditions") { store in
            let job = try await store.add(type: "a")
            let matching = try await store.list {
                $0.id = job.id
                $0.type = "b"
            }
            #expect(matching.jobs.isEmpty)
        },
        StoreRequirement("a filter on a date includes both ends") { store in
            let first = try await store.add()
            try await store.pass(milliseconds: 5)
            let second = try await store.add()
            try await store.pass(milliseconds: 5)
            let third = try await store.add()

            #expect(
                try await store.list { $0.created = .init(from: first.created, to: second.created) }
                    .jobs == [first, second])
            #expect(
                try await store.list { $0.created = .init(from: second.created) }.jobs == [
                    second, third,
                ])
            #expect(
                try await store.list { $0.created = .init(equal: second.created) }.jobs == [second])
        },
        StoreRequirement("the ready jobs with an end of a lease are those whose leases have lapsed")
        {
            store in
            _ = try await store.add(refID: "new")
            _ = try await store.add(type: "other", refID: "new")
            _ = try #require(try await store.start(timeout: 60_000))
            var lapsed: [Job] = []
            for type in ["mail", "mail", "other"] {
                let job = try await store.add(type: type)
                lapsed.append(
                    try #require(try await store.jobs.start(Start(job.id, timeout: 100))).job)
            }
            let given = try await store.add()
            let lease = try #require(try await store.jobs.start(Start(given.id, timeout: 60_000)))
            _ = try await store.abort(given.id, lease.lockToken)
            try await store.pass(milliseconds: 300)

            for (type, expected) in [("mail", lapsed.prefix(2)), ("other", lapsed.suffix(1))] {
                let found = try await store.list {
                    $0.type = type
                    $0.state = .ready
                    $0.lockedUntil = .init(from: .min)
                }
                #expect(found.jobs == Array(expected))
            }
            let all = try await store.list {
                $0.state = .ready
                $0.lockedUntil = .init(from: .min)
            }
            #expect(all.jobs == lapsed)
        },
        StoreRequirement("a date that is null never matches") { store in
            let ready = try await store.add()
            let started = try #require(
                try await store.jobs.start(
                    Start(try await store.add(ttl: 60_000).id, timeout: 60_000))
            ).job
            let completed = try #require(try await store.complete(try await store.add().id))
            let always = DateCondition(to: .max)

            #expect(
                try await store.list { $0.created = always }.jobs == [ready, started, completed])
            #expect(try await store.list { $0.started = always }.jobs == [started])
            #expect(try await store.list { $0.lockedUntil = always }.jobs == [started])
            #expect(try await store.list { $0.executeUntil = always }.jobs == [started])
            #expect(try await store.list { $0.completed = always }.jobs == [completed])
        },
        StoreRequirement("every date of a job finds it again") { store in
            let started = try #require(
                try await store.jobs.start(
                    Start(try await store.add(ttl: 60_000).id, timeout: 60_000))
            ).job
            for condition: WritableKeyPath<JobFilter, DateCondition> in [
                \.started, \.lockedUntil, \.executeUntil, \.created,
            ] {
                let date = [
                    \JobFilter.started: started.started, \.lockedUntil: started.lockedUntil,
                    \.executeUntil: started.executeUntil, \.created: started.created,
                ][condition]
                let found = try await store.list {
                    $0[keyPath: condition] = .init(equal: date ?? nil)
                }
                #expect(found.jobs == [started])
            }
        },
        StoreRequirement("retries are compared for equality, min_retries strictly") { store in
            let jobs = [try await store.add(), try await store.add(), try await store.add()]
            for (index, job) in jobs.enumerated() {
                for _ in 0..<index { _ = try await store.jobs.start(Start(job.id, timeout: 0)) }
            }
            #expect(try await store.list { $0.retries = 1 }.jobs.map(\.id) == [jobs[1].id])
            #expect(
                try await store.list { $0.minRetries = 0 }.jobs.map(\.id) == [
                    jobs[1].id, jobs[2].id,
                ])
            #expect(try await store.list { $0.minRetries = 2 }.jobs.isEmpty)
            #expect(try await store.list { $0.minRetries = .min }.jobs.count == 3)
            #expect(try await store.list { $0.retries = .max }.jobs.isEmpty)
        },
    ]

    static let pages: [StoreRequirement] = [
        StoreRequirement("a list is in the order of creation after any changes of the jobs") {
            store in
            var added: [JobID] = []
            for _ in 0..<6 { added.append(try await store.add().id) }
            _ = try await store.jobs.start(Start(added[2], timeout: 60_000))
            _ = try await store.complete(added[0])
            #expect(try await store.list().jobs.map(\.id) == added)
        },
        StoreRequirement("reading all pages returns every job once") { store in
            var added: [JobID] = []
            for _ in 0..<25 { added.append(try await store.add().id) }
            var walked: [JobID] = []
            for skip in stride(from: 0, to: 30, by: 4) {
                walked += try await store.list(Paging(skip: skip, take: 4)).jobs.map(\.id)
            }
            #expect(walked == added)
        },
        StoreRequirement("a total counts the matching jobs, and only if it is requested") {
            store in
            for index in 0..<12 { try await store.add(type: index % 3 == 0 ? "a" : "b") }
            let page = try await store.list(Paging(skip: 1, take: 2, wantsTotal: true)) {
                $0.type = "b"
            }
            #expect(page.jobs.count == 2 && page.total == 8)
            #expect(try await store.list(Paging(take: 2)).total == nil)
            #expect(try await store.list(Paging(take: -1, wantsTotal: true)).total == 12)
        },
        StoreRequirement("skips and takes out of range are clamped") {
            store in
            for _ in 0..<3 { try await store.add() }
            #expect(try await store.list(Paging(skip: -5)).jobs.count == 3)
            #expect(try await store.list(Paging(skip: 3)).jobs.isEmpty)
            #expect(try await store.list(Paging(skip: .max)).jobs.isEmpty)
            #expect(try await store.list(Paging(take: 0)).jobs.count == 3)
            #expect(try await store.list(Paging(take: -1)).jobs.isEmpty)
            #expect(try await store.list(Paging(take: .max)).jobs.count == 3)
            #expect(try await store.list(Paging(skip: .min, take: .min)).jobs.isEmpty)
        },
        StoreRequirement("a page has at most 1000 jobs") { store in
            _ = try await store.jobs.add((0..<1100).map { NewJob(type: "mail", refID: "\($0)") })
            #expect(try await store.list().jobs.count == 1000)
            #expect(try await store.list(Paging(take: 1050)).jobs.count == 1000)
            #expect(try await store.list(Paging(skip: 1000)).jobs.count == 100)
        },
        StoreRequirement("slices that continue after the last id make up the list") { store in
            for index in 0..<25 { try await store.add(type: index % 3 == 0 ? "a" : "b") }
            let all = try await store.list { $0.type = "b" }.jobs
            var walked: [Job] = []
            while true {
                let slice = try await store.list(Paging(take: 4, after: walked.last?.id)) {
                    $0.type = "b"
                }
                if slice.jobs.isEmpty { break }
                walked += slice.jobs
            }
            #expect(all.count == 16 && walked == all)
        },
        StoreRequirement("a list can start after an id without a job") { store in
            let ids = [
                try await store.add().id, try await store.add().id, try await store.add().id,
            ]
            _ = try await store.jobs.delete(ids[1])

            #expect(try await store.list(Paging(after: ids[1])).jobs.map(\.id) == [ids[2]])
            #expect(try await store.list(Paging(after: JobID(""))).jobs.count == 2)
            #expect(try await store.list(Paging(after: JobID("~"))).jobs.isEmpty)
            #expect(
                try await store.list(Paging(after: JobID("f".padded(to: 24)))).jobs.isEmpty)
        },
        StoreRequirement("skip counts from the id that a list starts after, total does not") {
            store in
            var ids: [JobID] = []
            for _ in 0..<6 { ids.append(try await store.add().id) }
            let page = try await store.list(
                Paging(skip: 1, take: 2, wantsTotal: true, after: ids[1]))
            #expect(page.jobs.map(\.id) == [ids[3], ids[4]])
            #expect(page.total == 6 && !page.isCut)
        },
        StoreRequirement("a page ends with the job that reaches its limit in bytes, and says so") {
            store in
            let params = try JSONText("\"\(String(repeating: "x", count: 998))\"")
            _ = try await store.jobs.add(
                (0..<40).map { NewJob(type: "mail", refID: "\($0)", params: params) })
            let all = try await store.list().jobs

            // Twice, since a store may adapt after the first call.
            for _ in 0..<2 {
                var walked: [Job] = []
                var slices: [Int] = []
                var isCut = true
                while isCut {
                    let slice = try await store.list(
                        Paging(after: walked.last?.id, maxBytes: 7 * 1005))
                    walked += slice.jobs
                    slices.append(slice.jobs.count)
                    isCut = slice.isCut
                }
                #expect(walked == all)
                #expect(slices == [7, 7, 7, 7, 7, 5])
            }
            let one = try await store.list(Paging(maxBytes: 1))
            #expect(one.jobs == [all[0]] && one.isCut)
            let two = try await store.list(Paging(take: 3, maxBytes: 1500))
            #expect(two.jobs == Array(all[..<2]) && two.remaining == 1)
            let full = try await store.list(Paging(take: 3, maxBytes: 3000))
            #expect(full.jobs == Array(all[..<3]) && !full.isCut)
            #expect(try await !store.list(Paging(maxBytes: .max)).isCut)
            #expect(
                try await store.list(Paging(wantsTotal: true, maxBytes: 1)).total == 40)
        },
    ]
}

extension String {
    fileprivate func padded(to count: Int) -> String { String(repeating: self, count: count) }
}
