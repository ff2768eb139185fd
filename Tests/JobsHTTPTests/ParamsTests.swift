import Foundation
import NIOCore
import Testing

@testable import JobsHTTP

@Suite("Params are returned unchanged")
struct ParamsTests {
    let service = TestService()

    static let traps = [
        "null", "true", "false", "0", "-0", "-0.0", "1", "1.0", "1.50", "1e2", "1E+2", "1e-300",
        "9007199254740993", "9223372036854775807", "-9223372036854775808", "0.1",
        "2.2250738585072014e-308", "1.7976931348623157e308", "5e-324", "3.141592653589793238462643",
        "18446744073709551615", "12345678901234567890123", "1e400", "-1e400",
        #""""#, #"" ""#, #""5""#, #""true""#, #""null""#, #""2026-11-24T02:05:04.107Z""#,
        #""\u0000""#, #""a\u0000b""#, #""\ud83d\ude00""#, #""ä€😀""#, #""\/\b\f\n\r\t\\\"""#,
        "[]", "{}", "[[]]", "[{}]", "[null]", "[1,\"1\",true,null,{},[]]", #"{"a":null}"#,
        #"{"":1}"#, #"{" ":{"":{"":[]}}}"#, #"{"a.b":1,".":2,"a.":3}"#, #"{"$a":1,"$":2}"#,
        #"{"a":{"$set":{"b":1}}}"#, #"{"$oid":"5f0c9a7b8e1d4a3c2b1f0e9d"}"#,
        #"{"$date":"2026-11-24T02:05:04.107Z"}"#, #"{"$date":{"$numberLong":"1795485904107"}}"#,
        #"{"$numberLong":"5"}"#, #"{"$numberInt":"5"}"#, #"{"$numberDouble":"NaN"}"#,
        #"{"$numberDecimal":"1.5"}"#, #"{"$binary":{"base64":"AA==","subType":"00"}}"#,
        #"{"$regex":"a","$options":"i"}"#, #"{"$ref":"c","$id":1}"#, #"{"$undefined":true}"#,
        #"{"$minKey":1}"#, #"{"$code":"x","$scope":{}}"#, #"{"$timestamp":{"t":1,"i":2}}"#,
        #"{"__proto__":{"x":1},"constructor":1,"toString":2,"hasOwnProperty":3}"#,
        #"{"_id":1,"id":2,"type":3,"params":{"params":4},"lock_token":"x"}"#, #"{"a\u0000b":1}"#,
        #"{"a":1,"a":2}"#, #"{"b":1,"a":2,"c":3}"#, #"{"a" : [ 1 , 2 ] }"#, #"{"\u0061":1}"#,
        String(repeating: "[", count: 90) + String(repeating: "]", count: 90),
        String(repeating: #"{"a":"#, count: 90) + "1" + String(repeating: "}", count: 90),
        String(repeating: "[", count: 998) + String(repeating: "]", count: 998),
    ]

    @Test("any JSON value, byte for byte, from every operation", arguments: traps)
    func verbatim(params: String) async throws {
        let member = #""params":\#(params),"created""#
        let added = try await service.addJob(#""params":\#(params)"#)
        // Not every reader of JSON gets through these params.
        let id = String(try #require(added.text.firstMatch(of: /"id":"([0-9a-f]{32})"/)).output.1)
        let answers = [
            added, try await service.get(id), try await service.post("get_jobs"),
            try await service.start(id, timeout: 0), try await service.start(),
            try await service.post("extend_job", #"{"job_id":"\#(id)","timeout":1}"#),
            try await service.post("abort_job", id: id),
            try await service.post("complete_job", id: id),
            try await service.post("delete_job_by_id", id: id),
        ]

        for answer in answers {
            #expect(answer.status == 200)
            #expect(answer.text.contains(member), "\(answer.text.prefix(300))")
        }
    }

    @Test("a reader of JSON reads the same value that was sent")
    func equal() async throws {
        let params = #"{"a":[1,2.5,"x",null,true,{"$date":"2026"}],"ä":{"":-9223372036854775808}}"#
        let sent = try JSONSerialization.jsonObject(with: Data(params.utf8)) as? NSDictionary

        let job = try await service.addJob(#""params":\#(params)"#)

        #expect(job.object["params"] as? NSDictionary == sent)
        let numbers = try #require((job.object["params"] as? NSDictionary)?["ä"] as? NSDictionary)
        #expect((numbers[""] as? NSNumber)?.int64Value == .min)
    }

    @Test("missing params are null", arguments: ["", #""params":null"#])
    func none(member: String) async throws {
        let job = try await service.addJob(member)

        #expect(job.isNull("params"))
        #expect(try await service.get(job.id).isNull("params"))
    }

    @Test("nearly a mebibyte of params is returned unchanged")
    func large() async throws {
        let params = "[" + (0..<100_000).map { "\($0)" }.joined(separator: ", ") + "]"
        let job = try await service.addJob(#""params":\#(params)"#)

        #expect(params.utf8.count > 600_000)
        #expect(try await service.get(job.id).text.contains(params))
    }

    @Test("a unique add that finds a job returns the params of that job")
    func uniqueKeepsParams() async throws {
        let first = try await service.addJob(#""params":{"first":1}"#)
        let second = try await service.post(
            "add_uniq_job",
            #"{"new_job":{"type":"t1","ref_id":"r1","ttl":5,"params":{"second":2}}}"#)

        #expect(second.text == first.text)
    }
}
