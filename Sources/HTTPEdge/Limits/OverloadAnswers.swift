import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Synchronization

/// The answers to operations over the load limit.
///
/// The higher the load, the more of them there are. Most differ only in their `Date`, so one is
/// made per second and reused.
final class OverloadAnswers: Sendable {
    private let answer: @Sendable (Request) -> Answer
    private let last = Mutex<(date: String, parts: [HTTPServerResponsePart])>(("", []))

    init(answer: @escaping @Sendable (Request) -> Answer) {
        self.answer = answer
    }

    /// - Parameter head: the request's head; the rest of the request has not been looked at.
    func parts(for head: HTTPRequestHead) -> [HTTPServerResponsePart] {
        guard Self.isPlain(head) else { return answer(Self.request(head)).parts }
        let date = HTTPDate.now()
        return last.withLock { last in
            if last.date != date { last = (date, answer(Self.request(head)).parts) }
            return last.parts
        }
    }

    /// Whether nothing in the answer depends on the request.
    private static func isPlain(_ head: HTTPRequestHead) -> Bool {
        !head.uri.utf8.contains(UInt8(ascii: "?"))
            && ["origin", "correlation_id", "trace_id"].allSatisfy {
                !head.headers.contains(name: $0)
            }
    }

    private static func request(_ head: HTTPRequestHead) -> Request {
        // An invalid head has no id that the answer could repeat.
        let request =
            (try? HTTPRequest(head, secure: false, splitCookie: false))
            ?? HTTPRequest(method: .post, scheme: nil, authority: nil, path: nil)
        return Request(head: request, body: RequestBody(buffer: ByteBuffer()))
    }
}

extension Answer {
    /// The parts that the edge writes itself, without a handler.
    var parts: [HTTPServerResponsePart] {
        let headers = HTTPHeaders(headers.map { ($0.name.rawName, $0.value) })
        let status = HTTPResponseStatus(statusCode: status.code)
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        let body = body.map { [HTTPServerResponsePart.body(.byteBuffer($0))] } ?? []
        return [.head(head)] + body + [.end(nil)]
    }
}
