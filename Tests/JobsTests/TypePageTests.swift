import JSON
import Jobs
import Testing

@Suite("Lists of types")
struct TypePageTests {
    private func listed(_ query: TypeQuery) -> [String] {
        let types = ["b", "", "é", "e\u{301}", "a", "*", "B"].map { ExactText($0) }
        return TypePage(of: types, query, pause: nil) { TypeStatus(type: $0.text) }
            .types.map(\.type)
    }

    @Test("types are in the order of their bytes")
    func order() {
        let ascending = listed(TypeQuery())

        let expected = ["", "*", "B", "a", "b", "e\u{301}", "é"]
        #expect(ascending.elementsEqual(expected) { $0.utf8.elementsEqual($1.utf8) })
        #expect(Array(listed(TypeQuery(isDescending: true)).reversed()) == ascending)
    }

    @Test("a page goes on after a type, which need not exist")
    func pages() {
        #expect(listed(TypeQuery(take: 2)) == ["", "*"])
        #expect(listed(TypeQuery(take: 2, after: "*")) == ["B", "a"])
        #expect(listed(TypeQuery(take: 1, after: "A")) == ["B"])
        #expect(listed(TypeQuery(skip: 1, take: 1, after: "A")) == ["a"])
        #expect(listed(TypeQuery(take: 2, after: "b", isDescending: true)) == ["a", "B"])
        #expect(listed(TypeQuery(take: -1)).isEmpty)
        #expect(listed(TypeQuery(take: 0)).count == 7)
        #expect(listed(TypeQuery(skip: -1)).count == 7)
    }

    @Test("a type is found by its bytes")
    func oneType() {
        #expect(listed(TypeQuery(type: "b")) == ["b"])
        #expect(listed(TypeQuery(type: "c")).isEmpty)
        let found = listed(TypeQuery(type: "e\u{301}"))
        #expect(found.count == 1 && found[0].utf8.elementsEqual("e\u{301}".utf8))
    }

    @Test("the total counts what the caller may see, regardless of the page")
    func total() {
        var query = TypeQuery(take: 1, after: "a", wantsTotal: true)
        query.types = ["a", "b", "c"]

        let page = TypePage(of: ["a", "b", "d"].map { ExactText($0) }, query, pause: nil) {
            TypeStatus(type: $0.text)
        }

        #expect(page.types.map(\.type) == ["b"])
        #expect(page.total == 2)
    }

    @Test("a page has a limit")
    func limit() {
        let types = (0..<1500).map { ExactText("\($0)") }

        let page = TypePage(of: types, TypeQuery(take: 2000), pause: nil) {
            TypeStatus(type: $0.text)
        }

        #expect(page.types.count == 1000)
    }

    private static var full: TypeStatus {
        var status = TypeStatus(type: "mail")
        status.counts.ready = 3
        status.counts.cancelled = 1
        status.counts.oldestReady = 1500
        status.pause = TypePause(reason: "r", since: Timestamp(milliseconds: 1000))
        status.limits = TypeLimits(
            maxRunning: 5, maxStarts: StartRate(count: 2, period: 1000))
        status.retry = RetryPolicy(backoff: .linear, delay: 5)
        status.retention = TypeRetention()
        status.retention?.failed = 7
        status.workers = [
            SeenWorker(worker: "w", lastClaim: Timestamp(milliseconds: 2000), running: 2)
        ]
        status.waiting = 4
        status.lastClaim = Timestamp(milliseconds: 2000)
        return status
    }

    @Test("a row is written as the wire has it, and read back")
    func row() throws {
        var json = JSONWriter(capacity: 512)
        json.type(Self.full)
        let text = json.text

        #expect(
            text.description
                == """
                {"type":"mail","counts":{"ready":3,"delayed":0,"running":0,"exhausted":0,"expired":0,\
                "completed":0,"failed":0,"cancelled":1},"oldest_ready":1500,\
                "paused":{"reason":"r","since":"1970-01-01T00:00:01.000Z"},\
                "limits":{"max_running":5,"max_starts":{"count":2,"period":1000}},\
                "retry":{"backoff":"linear","delay":5},"retention":{"failed":7},\
                "workers":[{"worker":"w","last_claim":"1970-01-01T00:00:02.000Z","running":2}],\
                "waiting":4,"last_claim":"1970-01-01T00:00:02.000Z"}
                """)
        let value = try #require(text.value(recordedDepth: 1))
        #expect(TypeStatus(row: value) == Self.full)
    }

    @Test("a type of which nothing is known has the members that are always there")
    func emptyRow() {
        var json = JSONWriter(capacity: 512)
        json.types(TypePage(types: [TypeStatus(type: "a")]))

        #expect(
            json.text.description
                == """
                {"data":[{"type":"a","counts":{"ready":0,"delayed":0,"running":0,"exhausted":0,\
                "expired":0,"completed":0,"failed":0,"cancelled":0},"oldest_ready":0,"workers":[],\
                "waiting":0}]}
                """)
    }

    @Test("a page tells the total and the pause of all types")
    func page() {
        var json = JSONWriter(capacity: 512)
        let pause = TypePause(since: Timestamp(milliseconds: 0))
        json.types(TypePage(types: [], total: 7, pause: pause))

        #expect(
            json.text.description
                == #"{"data":[],"total":7,"paused":{"since":"1970-01-01T00:00:00.000Z"}}"#)
    }
}
