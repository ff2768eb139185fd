import HTTPTypes
import JSON
import NIOCore

/// What a request is answered.
struct Answer: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: ByteBuffer?

    /// 200 with a JSON body.
    static func json(_ body: ByteBuffer) -> Answer {
        Answer(status: .ok, headers: jsonHeaders, body: body)
    }

    /// 204.
    static let nothing = Answer(status: .noContent, headers: noCacheHeaders)

    /// The error body that clients of the originals read: nine fields, each of them always there,
    /// since some clients take a missing one for a broken answer.
    init(_ failure: HTTPFailure, correlationID: String?) {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.key("type")
        json.null()
        json.key("category")
        json.string(failure.category)
        json.key("status")
        json.integer(failure.status.code)
        json.key("code")
        json.string(failure.code)
        json.key("message")
        json.string(failure.message)
        json.key("details")
        if failure.details.isEmpty {
            json.null()
        } else {
            json.beginObject()
            for detail in failure.details {
                json.key(detail.name)
                json.string(detail.text)
            }
            json.endObject()
        }
        json.key("correlation_id")
        if let correlationID { json.string(correlationID) } else { json.null() }
        json.key("cause")
        json.null()
        json.key("stack_trace")
        json.null()
        json.endObject()
        self.init(status: failure.status, headers: Self.jsonHeaders, body: json.buffer)
        headers.append(contentsOf: failure.headers)
    }

    init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static let noCacheHeaders: HTTPFields = [
        .cacheControl: "no-cache, no-store, must-revalidate", .pragma: "no-cache", .expires: "0",
    ]

    static let jsonHeaders: HTTPFields = {
        var headers = noCacheHeaders
        headers[.contentType] = "application/json"
        return headers
    }()
}

extension HTTPField.Name {
    // Both are tokens by the rules of HTTP.
    static let pragma = HTTPField.Name("Pragma")!
    static let correlationID = HTTPField.Name("correlation_id")!
    static let traceID = HTTPField.Name("trace_id")!
}
