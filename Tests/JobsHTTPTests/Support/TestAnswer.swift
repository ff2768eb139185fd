import Foundation
import HTTPTypes
import NIOCore

@testable import HTTPEdge
@testable import JobsHTTP

/// An answer, parsed with the JSON of Foundation instead of that of the service.
struct TestAnswer: Sendable {
    let status: Int
    let headers: HTTPFields
    /// The body; `nil` if the answer has none.
    let body: Data?

    init(status: Int, headers: HTTPFields, body: Data?) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    init(_ answer: Answer) {
        self.init(
            status: answer.status.code, headers: answer.headers,
            body: answer.body.map { Data($0.readableBytesView) })
    }

    var text: String { String(decoding: body ?? Data(), as: UTF8.self) }

    var json: Any? {
        body.flatMap { try? JSONSerialization.jsonObject(with: $0, options: .fragmentsAllowed) }
    }

    /// The members of the JSON object in the body; empty if there is none.
    var object: [String: Any] { json as? [String: Any] ?? [:] }

    /// The jobs of a page.
    var jobs: [[String: Any]] { object["data"] as? [[String: Any]] ?? [] }

    var id: String { string("id") ?? "" }

    func string(_ key: String) -> String? { object[key] as? String }

    func integer(_ key: String) -> Int? { (object[key] as? NSNumber)?.intValue }

    /// Whether the member is present and null.
    func isNull(_ key: String) -> Bool { object[key] is NSNull }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }

    /// The results of a validation, which are JSON inside a string.
    var violations: [[String: Any]] {
        guard let text = (object["details"] as? [String: Any])?["results"] as? String,
            let results = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        else { return [] }
        return results as? [[String: Any]] ?? []
    }
}

/// The fields that every error body has.
let errorFields: Set<String> = [
    "type", "category", "status", "code", "message", "details", "correlation_id", "cause",
    "stack_trace",
]

extension TestAnswer {
    /// Whether the body is an error: nine fields of the types that typed clients expect.
    func isError(_ status: Int, _ category: String, _ code: String) -> Bool {
        let details = object["details"]
        return self.status == status && Set(object.keys) == errorFields
            && header("Content-Type") == "application/json" && integer("status") == status
            && string("category") == category && string("code") == code
            && string("message")?.isEmpty == false && isNull("type") && isNull("cause")
            && isNull("stack_trace") && (details is NSNull || details is [String: String])
    }
}
