import HTTPTypes
import HummingbirdCore
package import NIOCore

/// Reads the body of a request, once the request is known to be allowed: a compressed body is inflated
/// here and not earlier.
extension Call {
    /// How many bytes are inflated at once, which takes some tenths of a millisecond.
    private static let pieceSize = 64 << 10

    /// The body as its sender meant it, to be read as JSON, whatever its Content-Type says.
    /// - Throws: ``HTTPFailure`` for a body over the limit, or compressed in a way that cannot be undone; ``HTTPFailure/overloaded`` if there is no room for it; ``ConnectionLost`` if it breaks off.
    package func jsonBody() async throws -> ByteBuffer {
        // A length that is beyond all numbers is too large as well.
        if let length = request.headers[.contentLength], Int(length) ?? .max > requestMaxSize {
            throw HTTPFailure.bodyTooLarge(limit: requestMaxSize)
        }
        let inflater = ContentCoding(of: request.headers) == nil ? nil : Inflater()
        var body = ByteBuffer()
        var parts = request.body.makeAsyncIterator()
        while let part = try await next(&parts) {
            if let inflater {
                try await inflate(part, with: inflater, to: &body)
            } else {
                try append(part, to: &body)
            }
        }
        do {
            try inflater?.finish()
        } catch {
            throw HTTPFailure(error)
        }
        return body
    }

    private func next(_ parts: inout RequestBody.AsyncIterator) async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch {
            throw ConnectionLost(reason: error)
        }
    }

    private func append(_ part: ByteBuffer, to body: inout ByteBuffer) throws {
        guard body.readableBytes + part.readableBytes <= requestMaxSize else {
            throw HTTPFailure.bodyTooLarge(limit: requestMaxSize)
        }
        try memory.take(part.readableBytes)
        // Most bodies come in one piece, which is then used as it is.
        if body.readableBytes == 0 { body = part } else { body.writeImmutableBuffer(part) }
    }

    /// Inflates a part, and gives way to others between its pieces.
    private func inflate(
        _ part: ByteBuffer, with inflater: Inflater, to body: inout ByteBuffer
    ) async throws {
        var part = part
        while true {
            // One more than there may be, to see that there are too many.
            let room = requestMaxSize - body.readableBytes
            let limit = room < Self.pieceSize ? room + 1 : Self.pieceSize
            let added: Int
            do {
                added = try inflater.inflate(&part, to: &body, atMost: limit)
            } catch {
                throw HTTPFailure(error)
            }
            guard body.readableBytes <= requestMaxSize else {
                throw HTTPFailure.bodyTooLarge(limit: requestMaxSize)
            }
            try memory.take(added)
            if added < limit { return }
            await Task.yield()
        }
    }
}

extension HTTPFailure {
    /// Nothing that follows such a body on its connection is carried out.
    fileprivate init(_ fault: Inflater.Fault) {
        let reason =
            switch fault {
            case .damaged: "its compressed body is damaged"
            case .cutShort: "its compressed body is cut short"
            case .trailingBytes: "something follows its compressed body"
            }
        self = .malformedRequest(reason)
        headers[.connection] = "close"
    }
}
