import JSON
import Jobs
import JobsTestSupport
import NIOCore
import Testing

@Suite("Jobs as JSON")
struct JobJSONTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 512)
        write(&writer)
        return String(buffer: writer.buffer)
    }

    private static let bare = """
        {"id":"0190b5a1c2d37e4f8a9b0c1d2e3f4a5b","type":"mail","ref_id":"ref","params":null,\
        "created":"2026-11-24T12:00:00.000Z","started":null,"locked_until":null,\
        "execute_until":null,"completed":null,"retries":0}
        """

    @Test("a new job has the ten fields, empty ones as null")
    func bare() {
        #expect(written { $0.job(.sample()) } == Self.bare)
    }

    @Test("a job with everything has three fields more")
    func full() throws {
        let params = try JSONText(#"{ "$date" : 1e400, "a":"é\u0000" }"#)
        let job = Job.sample(
            id: "an \"old\" id", type: "t\n", refID: "\u{0}é😀", params: params,
            created: -86_400_000,
            started: 1, lockedUntil: 2, executeUntil: 3, completed: 4, retries: 12, priority: -3,
            delayedUntil: 5)
        let token = LockToken("00112233445566778899aabbccddeeff")

        #expect(
            written { $0.job(job, as: .started(token)) } == #"""
                {"id":"an \"old\" id","type":"t\n","ref_id":"\u0000é😀",\#
                "params":{ "$date" : 1e400, "a":"é\u0000" },"created":"2026-11-23T12:00:00.000Z",\#
                "started":"2026-11-24T12:00:00.001Z","locked_until":"2026-11-24T12:00:00.002Z",\#
                "execute_until":"2026-11-24T12:00:00.003Z","completed":"2026-11-24T12:00:00.004Z",\#
                "retries":12,"priority":-3,"delayed_until":"2026-11-24T12:00:00.005Z",\#
                "lock_token":"00112233445566778899aabbccddeeff"}
                """#)
    }

    @Test("what was not asked for is not shown")
    func optional() {
        #expect(written { $0.job(.sample(priority: 1)) }.hasSuffix(#""retries":0,"priority":1}"#))
        #expect(
            written { $0.job(.sample(delayedUntil: 1)) }
                .hasSuffix(#""retries":0,"delayed_until":"2026-11-24T12:00:00.001Z"}"#))
        #expect(written { $0.job(.sample()) } == Self.bare)
    }

    @Test("a token of any form is shown as it is")
    func foreignToken() {
        #expect(
            written { $0.job(.sample(), as: .started(LockToken("a \"token\""))) }
                .hasSuffix(#""retries":0,"lock_token":"a \"token\""}"#))
    }

    @Test("a page is its jobs and their number, null where it was not asked for")
    func pages() {
        #expect(written { $0.page(JobPage(jobs: [])) } == #"{"data":[],"total":null}"#)
        #expect(written { $0.page(JobPage(jobs: [], total: 7)) } == #"{"data":[],"total":7}"#)
        #expect(
            written { $0.page(JobPage(jobs: [.sample(), .sample()], total: 0)) }
                == #"{"data":[\#(Self.bare),\#(Self.bare)],"total":0}"#)
    }

    @Test("a date is a string or null")
    func dates() {
        #expect(written { $0.date(nil) } == "null")
        #expect(written { $0.date(.max) } == #""9999-12-31T23:59:59.999Z""#)
    }

    @Test("what is written of a job reads back")
    func readBack() throws {
        let job = Job.sample(type: "\u{1}\"\\é", refID: "\u{7F}", priority: 5)
        var writer = JSONWriter(capacity: 0)
        writer.job(job)

        let root = try JSONOutline(writer.buffer, recordedDepth: 1).root

        #expect(root.members.count == 11)
        #expect(root["type"]?.string == job.type)
        #expect(root["ref_id"]?.string == job.refID)
        #expect(root["created"]?.string.flatMap(Timestamp.init(iso8601:)) == job.created)
        #expect(root["priority"]?.integer == 5)
    }
}
