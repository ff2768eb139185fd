package import HTTPTypes
package import JSON
package import NIOCore

/// An HTTP response on its way to a client.
package struct Answer: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: ByteBuffer?
    /// The rest of a body too large to hold in memory at once; it follows ``body``.
    /// A closure, because the value is large and almost no answer has one.
    package var rest: (@Sendable () -> any AnswerRest)?
    /// Whether its pieces are news that the client waits for: they are not compressed, so that none
    /// is held back.
    package var isLive = false
    /// The body's share of the answer memory, held until the body is written.
    var memory: BodyMemory?

    /// 200 with a JSON body.
    package static func json(_ body: ByteBuffer) -> Answer {
        Answer(status: .ok, headers: jsonHeaders, body: body)
    }

    /// The largest body, in bytes, that is written without waiting until the client reads.
    static let smallSize = 64 << 10

    /// 204.
    package static let nothing = Answer(status: .noContent, headers: noCacheHeaders)

    package init(_ failure: HTTPFailure, correlationID: String?) {
        var json = JSONWriter(capacity: 512)
        json.failure(failure, correlationID: correlationID)
        self.init(status: failure.status, headers: Self.jsonHeaders, body: json.buffer)
        headers.append(contentsOf: failure.headers)
    }

    package init(status: HTTPResponse.Status, headers: HTTPFields, body: ByteBuffer? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Adds the headers that every answer has.
    func completed() -> Answer {
        var answer = self
        answer.headers.append(HTTPField(name: .date, value: HTTPDate.now()))
        if status != .noContent, rest == nil {
            let length = String(body?.readableBytes ?? 0)
            answer.headers.append(HTTPField(name: .contentLength, value: length))
        }
        return answer
    }

    package static let noCacheHeaders: HTTPFields = [
        .cacheControl: "no-cache, no-store, must-revalidate", .pragma: "no-cache", .expires: "0",
    ]

    static let jsonHeaders: HTTPFields = {
        var headers = noCacheHeaders
        headers[.contentType] = "application/json"
        return headers
    }()
}

/// The rest of a body, one piece at a time.
package protocol AnswerRest: Sendable {
    /// The next piece; `nil` after the last.
    mutating func next() async throws -> ByteBuffer?
}

extension HTTPFields {
    /// The value of the first field with this name. The subscript joins the values of all of them,
    /// which costs more than the rest of a short request's head.
    func first(_ name: HTTPField.Name) -> String? {
        first { $0.name == name }?.value
    }
}

extension HTTPField.Name {
    // These are valid field names (RFC 9110 tokens).
    static let pragma = HTTPField.Name("Pragma")!
    static let correlationID = HTTPField.Name("correlation_id")!
    static let traceID = HTTPField.Name("trace_id")!
}

extension JSONWriter {
    /// The error body that clients of the original services read: all nine fields are always
    /// present, because some clients treat a missing one as a broken answer.
    package mutating func failure(_ failure: HTTPFailure, correlationID: String?) {
        beginObject()
        key("type")
        null()
        key("category")
        string(failure.category)
        key("status")
        integer(failure.status.code)
        key("code")
        string(failure.code)
        key("message")
        string(failure.message)
        key("details")
        if failure.details.isEmpty {
            null()
        } else {
            beginObject()
            for detail in failure.details {
                key(text: detail.name)
                string(detail.text)
            }
            endObject()
        }
        key("correlation_id")
        if let correlationID { string(correlationID) } else { null() }
        key("cause")
        null()
        key("stack_trace")
        null()
        endObject()
    }
}
