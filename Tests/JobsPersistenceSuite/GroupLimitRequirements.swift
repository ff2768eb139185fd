import Jobs
import Testing

extension StoreRequirement {
    static let groupLimits: [StoreRequirement] = [
        StoreRequirement("jobs behind those of a full group are started, in order") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            var ids: [JobID] = []
            for group in ["a", "a", "a", "b", nil, "b", nil] {
                ids.append(try await store.add(group: group).id)
            }

            let first = try await store.claim(limits, count: 2)
            let rest = try await store.claim(limits, count: 10)

            #expect(first.map(\.job.id) == [ids[0], ids[3]])
            #expect(rest.map(\.job.id) == [ids[4], ids[6]])
            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a job is next when its group has room again") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 2))
            var ids: [JobID] = []
            for group in ["a", "a", "a", "b", "a", "b"] {
                ids.append(try await store.add(group: group).id)
            }
            let started = try await store.claim(limits, count: 3)
            #expect(started.map(\.job.id) == [ids[0], ids[1], ids[3]])

            _ = try await store.complete(ids[1])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[2]])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[5]])
            _ = try await store.abort(ids[0])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[0]])
            _ = try await store.complete(ids[0])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[4]])
            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("a lapsed lease frees its place in the group") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            for _ in 0..<2 { try await store.add(group: "a") }
            #expect(try await store.claim(limits, timeout: 500).count == 1)
            #expect(try await store.claim(limits).isEmpty)

            try await store.pass(milliseconds: 700)

            #expect(try await store.claim(limits).count == 1)
            #expect(try await store.claim(limits).isEmpty)
        },
        StoreRequirement("both limits hold together") { store in
            let limits = try await store.limit(
                TypeLimits(maxRunning: 3, maxRunningPerGroup: 2))
            for group in ["a", "a", "a", "b", "b", "c"] { try await store.add(group: group) }

            let started = try await store.claim(limits, count: 10)

            #expect(started.map(\.job.group) == ["a", "a", "b"])
        },
        StoreRequirement("leases of a group that began before the limit was set count") { store in
            for group in ["a", "a", "b"] { try await store.add(group: group) }
            #expect(try await store.start() != nil)

            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))

            #expect(try await store.claim(limits, count: 3).map(\.job.group) == ["b"])
        },
        StoreRequirement("a start by id counts in the group of its job") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            var ids: [JobID] = []
            for group in ["a", "a", "b"] { ids.append(try await store.add(group: group).id) }
            #expect(try await store.start(limits, ids[1]) != nil)

            #expect(try await store.claim(limits, count: 3).map(\.job.id) == [ids[2]])
        },
        StoreRequirement("a job that is put aside is deleted, started and found like others") {
            store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            var ids: [JobID] = []
            for _ in 0..<4 { ids.append(try await store.add(group: "a").id) }
            #expect(try await store.claim(limits, count: 4).count == 1)

            #expect(try await store.jobs.delete(ids[1])?.id == ids[1])
            #expect(try await store.start(limits, ids[2]) != nil)
            _ = try await store.complete(ids[0])
            #expect(try await store.claim(limits).isEmpty)
            _ = try await store.complete(ids[2])
            #expect(try await store.claim(limits).map(\.job.id) == [ids[3]])
        },
        StoreRequirement("jobs of a full group are claimed when the limit is removed") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            for _ in 0..<3 { try await store.add(group: "a") }
            #expect(try await store.claim(limits, count: 3).count == 1)

            _ = try await store.limit(TypeLimits())

            #expect(try await store.claim(nil, count: 3).count == 2)
        },
        StoreRequirement("many full groups do not hide a job behind them") { store in
            let limits = try await store.limit(TypeLimits(maxRunningPerGroup: 1))
            let groups = (0..<1500).map { "g\($0)" }
            for _ in 0..<2 {
                _ = try await store.jobs.add(
                    groups.map { group in
                        var new = NewJob(type: "mail", refID: "1")
                        new.group = group
                        return new
                    })
            }
            #expect(try await store.claim(limits, count: 1000).count == 1000)
            #expect(try await store.claim(limits, count: 1000).count == 500)
            #expect(try await store.claim(limits).isEmpty)
            let last = try await store.add(group: "new")

            #expect(try await store.claim(limits).map(\.job.id) == [last.id])
            #expect(try await store.claim(limits).isEmpty)
        },
    ]
}
