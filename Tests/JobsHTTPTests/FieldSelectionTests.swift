import Foundation
import Testing

@testable import JobsHTTP

@Suite("Members of listed jobs")
struct FieldSelectionTests {
    private let service = TestService()

    private func page(_ arguments: String) async throws -> TestAnswer {
        try await service.post("get_jobs", arguments)
    }

    @Test("a list has the members that are asked for, and the id")
    func selection() async throws {
        let id = try await service.addJob(refID: "1", #""params":{"a":1},"priority":3"#).id

        let answer = try await page(#"{"fields":["state","ref_id","priority","started"]}"#)

        #expect(
            answer.text == """
                {"data":[{"id":"\(id)","ref_id":"1","started":null,"priority":3,"state":"ready"}],\
                "total":null}
                """)
        #expect(
            try await page(#"{"fields":[]}"#).text == #"{"data":[{"id":"\#(id)"}],"total":null}"#)
        #expect(
            try await page(#"{"fields":["attempts","id","id"],"details":true}"#).text
                == #"{"data":[{"id":"\#(id)","attempts":[]}],"total":null}"#)
        #expect(try await page(#"{"fields":null}"#).text == page("{}").text)
    }

    @Test("a name that is not known is refused")
    func unknown() async throws {
        for (fields, paths) in [
            (#"["type","colour"]"#, ["fields.1"]), (#"["unique"]"#, ["fields.0"]),
            (#"["hidden_traceparent","errored",5]"#, ["fields.0", "fields.1", "fields.2"]),
            (#""type""#, ["fields"]), (#"[[]]"#, ["fields.0"]), (#"[null]"#, ["fields.0"]),
        ] {
            let answer = try await page(#"{"fields":\#(fields)}"#)
            #expect(answer.isError(400, "BadRequest", "INVALID_DATA"), "\(fields)")
            #expect(answer.violations.compactMap { $0["path"] as? String } == paths, "\(fields)")
        }
    }
}
