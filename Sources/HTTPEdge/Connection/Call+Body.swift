import HTTPTypes
import HummingbirdCore
package import NIOCore

/// Reads the body of a request. It runs after the request was admitted, so a compressed body is not
/// inflated before that.
extension Call {
    /// How many bytes are inflated at once, which takes a few tenths of a millisecond.
    private static let pieceSize = 64 << 10

    /// The decompressed body, to be read as JSON whatever its Content-Type says.
    /// - Throws: ``HTTPFailure`` for a body over the limit, or one whose compression is broken;
    ///   ``HTTPFailure/overloaded`` if there is no memory for it; ``ConnectionLost`` if it breaks
    ///   off.
    package func jsonBody() async throws -> ByteBuffer {
        // A length beyond the range of Int is too large as well.
        if let length = request.headers.first(.contentLength), Int(length) ?? .max > requestMaxSize
        {
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
        // Most bodies arrive in one piece, which is then used without a copy.
        if body.readableBytes == 0 { body = part } else { body.writeImmutableBuffer(part) }
    }

    /// Inflates a part, and yields to other tasks between its pieces.
    private func inflate(
        _ part: ByteBuffer, with inflater: Inflater, to body: inout ByteBuffer
    ) async throws {
        var part = part
        while true {
            // One byte over the limit is enough to detect a body that is too large.
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
    /// Closes the connection, so that nothing after such a body is carried out.
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
