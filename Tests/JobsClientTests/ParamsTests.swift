import JobsClient
import Testing

@Suite("Params of a type of the caller")
struct ParamsTests {
    private struct Mail: Codable, Equatable {
        var to: String
        var copies: Int?
    }

    @Test("they are encoded and decoded")
    func roundTrip() async throws {
        let client = MemoryJobsClient()
        let mail = Mail(to: "ann@example.com", copies: 2)
        let job = try await client.add(NewJob(type: "mail", refID: "1", params: mail))
        #expect(try job.decodeParams(as: Mail.self) == mail)
        #expect(job.params?.description.contains(#""copies":2"#) == true)
    }

    @Test("missing and other params are an error", arguments: [nil, "5", #"{"to":1}"#])
    func wrong(params: String?) throws {
        let job = Job(
            id: JobID("x"), type: "mail", refID: "1", params: try params.map { try JSONText($0) },
            created: .now())
        #expect(throws: DecodingError.self) { try job.decodeParams(as: Mail.self) }
        if params == nil { #expect(try job.decodeParams(as: Mail?.self) == nil) }
    }

    @Test(
        "durations are whole milliseconds, fractions rounded up",
        arguments: [
            (Duration.microseconds(1), 1), (.milliseconds(5), 5), (.microseconds(5001), 6),
            (.microseconds(-1), 0), (.microseconds(-5001), -5), (.seconds(-2), -2000),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min), (.zero, 0),
            (.seconds(Int64.max) + .seconds(Int64.max), .max),
            (.seconds(Int64.min) - .seconds(Int64.max), .min),
            (.milliseconds(Int64.max), .max), (.milliseconds(Int64.max - 1), .max - 1),
            (.milliseconds(1 << 53) + .milliseconds(1), (1 << 53) + 1),
        ] as [(Duration, Int64)])
    func milliseconds(duration: Duration, milliseconds: Int64) {
        #expect(duration.milliseconds == milliseconds)
    }
}
