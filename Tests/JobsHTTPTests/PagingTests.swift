import Foundation
import Jobs
import JobsMemory
import Testing

@testable import JobsHTTP

@Suite("Paging of get_jobs")
struct PagingTests {
    /// Five jobs, of which pages hold at most four.
    private static func service() async throws -> TestService {
        let service = TestService(maxPageSize: 4)
        for refID in ["1", "2", "3", "4", "5"] {
            _ = try await service.addJob(type: refID < "4" ? "low" : "high", refID: refID)
        }
        return service
    }

    static let rows: [(paging: String, found: [String])] = [
        ("{}", ["1", "2", "3", "4"]), ("null", ["1", "2", "3", "4"]),
        (#"{"skip":null,"take":null,"total":false}"#, ["1", "2", "3", "4"]),
        (#"{"skip":0}"#, ["1", "2", "3", "4"]), (#"{"skip":-3}"#, ["1", "2", "3", "4"]),
        (#"{"skip":2}"#, ["3", "4", "5"]), (#"{"skip":5}"#, []), (#"{"skip":500}"#, []),
        (#"{"take":2}"#, ["1", "2"]), (#"{"take":0}"#, ["1", "2", "3", "4"]),
        (#"{"take":-1}"#, []), (#"{"take":-9e99}"#, []), (#"{"take":4}"#, ["1", "2", "3", "4"]),
        (#"{"take":5}"#, ["1", "2", "3", "4"]), (#"{"take":1e99}"#, ["1", "2", "3", "4"]),
        (#"{"skip":1,"take":2}"#, ["2", "3"]), (#"{"skip":4,"take":2}"#, ["5"]),
        (#"{"skip":1.5,"take":0.5}"#, ["3"]), (#"{"unknown":1,"take":1}"#, ["1"]),
        (#"{"order":"asc","take":2}"#, ["1", "2"]), (#"{"order":null,"take":2}"#, ["1", "2"]),
        (#"{"order":"desc"}"#, ["5", "4", "3", "2"]),
        (#"{"order":"desc","skip":3}"#, ["2", "1"]), (#"{"after":""}"#, ["1", "2", "3", "4"]),
        (#"{"after":"zzz"}"#, []), (#"{"after":"zzz","order":"desc","take":1}"#, ["5"]),
        (#"{"after":"","order":"desc"}"#, []), (#"{"after":null,"take":1}"#, ["1"]),
    ]

    @Test("a page holds the requested jobs, in order of creation", arguments: rows)
    func pages(paging: String, found: [String]) async throws {
        let page = try await Self.service().post("get_jobs", #"{"paging":\#(paging)}"#)

        #expect(page.status == 200)
        #expect(page.jobs.compactMap { $0["ref_id"] as? String } == found)
    }

    @Test("a page has data and total, which is null unless requested")
    func shape() async throws {
        let page = try await Self.service().post("get_jobs", #"{"paging":{"take":1}}"#)

        #expect(Set(page.object.keys) == ["data", "total"])
        #expect(page.isNull("total"))
    }

    @Test(
        "a total counts all jobs that match the filter, on every page",
        arguments: [
            (#"{"paging":{"total":true}}"#, 5), (#"{"paging":{"total":true,"skip":9}}"#, 5),
            (#"{"paging":{"total":true,"take":1}}"#, 5),
            (#"{"paging":{"total":true,"take":-1}}"#, 5),
            (#"{"filter":{"type":"low"},"paging":{"total":true,"skip":1,"take":1}}"#, 3),
            (#"{"filter":{"type":"none"},"paging":{"total":true}}"#, 0),
        ])
    func total(body: String, count: Int) async throws {
        #expect(try await Self.service().post("get_jobs", body).integer("total") == count)
    }

    @Test("an empty page is an empty list")
    func empty() async throws {
        let page = try await TestService().post("get_jobs")

        #expect(page.text == #"{"data":[],"total":null}"#)
    }

    @Test("reading all pages returns every job once, also during adds and removals")
    func walk() async throws {
        let service = TestService()
        var ids: [String] = []
        for number in 0..<25 { ids.append(try await service.addJob(refID: "\(number)").id) }

        var met: [String] = []
        for skip in stride(from: 0, to: 40, by: 7) {
            let page = try await service.post(
                "get_jobs", #"{"paging":{"skip":\#(skip),"take":7}}"#)
            met += page.jobs.compactMap { $0["id"] as? String }
            if skip < 20 { _ = try await service.start(ids[skip]) }
        }

        #expect(met == ids)
    }

    @Test("pages follow each other by the last id, in both orders", arguments: ["asc", "desc"])
    func keys(order: String) async throws {
        let service = TestService()
        var ids: [String] = []
        for number in 0..<10 { ids.append(try await service.addJob(refID: "\(number)").id) }

        var met: [String] = []
        var after = ""
        for _ in 0..<4 {
            let page = try await service.post(
                "get_jobs", #"{"paging":{"take":3,"total":true,"order":"\#(order)"\#(after)}}"#)
            met += page.jobs.compactMap { $0["id"] as? String }
            #expect(page.integer("total") == 10)
            after = #","after":"\#(met.last ?? "")""#
        }

        #expect(met == (order == "asc" ? ids : ids.reversed()))
    }

    @Test("an unknown order is refused", arguments: [#""ASC""#, #""""#, #""up""#, "1"])
    func unknownOrder(order: String) async throws {
        let answer = try await TestService().post(
            "get_jobs", #"{"paging":{"order":\#(order)}}"#)

        #expect(answer.isError(400, "BadRequest", "INVALID_DATA"))
        #expect(answer.violations.map { $0["path"] as? String } == ["paging.order"])
    }

    @Test("a page holds 1000 jobs unless configured otherwise")
    func defaultMaximum() async throws {
        let memory = MemoryJobsPersistence()
        let service = TestService(persistence: memory)
        let jobs = (0..<1001).map { NewJob(type: "t", refID: "\($0)", ttl: 0) }
        #expect(memory.add(jobs).count == 1001)

        let page = try await service.post("get_jobs", #"{"paging":{"take":5000,"total":true}}"#)

        #expect(page.jobs.count == 1000)
        #expect(page.integer("total") == 1001)
    }
}
