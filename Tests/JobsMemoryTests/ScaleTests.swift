import Jobs
import JobsMemory
import JobsTestSupport
import Testing

@Suite("MemoryJobsPersistence at scale")
struct ScaleTests {
    @Test("lists and cleanings reach beyond a slice")
    func slices() async throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(maxPageSize: 20_000, clock: { clock.now() })
        let added = try store.add((0..<12_000).map { NewJob(type: "mail", refID: "\($0)") })
            .map { try $0.get().id }
        _ = store.change(
            added.indices.filter { $0 % 3 == 0 }.map { JobChange(added[$0], .complete) })

        let page = try await store.list(JobFilter(), Paging(skip: 11_990, wantsTotal: true))
        #expect(page.jobs.map(\.id) == Array(added[11_990...]))
        #expect(page.total == 12_000)

        try await store.clean(Cleaning(maxRetries: 10))
        let rest = try await store.list(JobFilter(), Paging())
        #expect(rest.jobs.map(\.id) == added.indices.filter { $0 % 3 != 0 }.map { added[$0] })
    }

    @Test("ids continue to increase after a deletion of all jobs in the same millisecond")
    func idsAfterDeleteAll() throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })
        let before = try #require(store.add([NewJob(type: "mail", refID: "1")]).first).get()

        store.deleteAll()

        let after = try #require(store.add([NewJob(type: "mail", refID: "1")]).first).get()
        #expect(before.id < after.id)
    }

    @Test("each expired job of a reference is visited once")
    func expiredReferences() throws {
        let clock = SetClock()
        let store = MemoryJobsPersistence(clock: { clock.now() })
        _ = store.add((0..<20_000).map { _ in NewJob(type: "mail", refID: "same", ttl: 1) })
        clock.advance(by: 10)

        let first = try store.addUnique(NewJob(type: "mail", refID: "same"))
        for _ in 0..<20_000 {
            #expect(try store.addUnique(NewJob(type: "mail", refID: "same")).id == first.id)
        }
    }
}
