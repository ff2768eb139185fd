import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes

/// Writes answers to their connections: compressed if the client accepts it, and large ones no
/// faster than the client reads.
struct AnswerDelivery: Sendable {
    let logger: Logger

    /// - Throws: if the whole answer cannot be written. Its connection is then unusable.
    func deliver(
        _ answer: Answer, to request: Request, _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        var answer = answer
        // An answer without a body, such as to HEAD, is not compressed.
        let isPlain = answer.isLive || answer.body == nil
        let coding = isPlain ? nil : ContentCoding(acceptedBy: request.headers)
        if let coding { answer.headers[.contentEncoding] = coding.rawValue }
        if let rest = answer.rest?() {
            let deflater = coding.map { Deflater($0, isFast: true) }
            return try await write(answer, rest, deflater, to: channel)
        }
        if let coding, let body = answer.body {
            let compressed = await Deflater(coding).deflate(body, isLast: true)
            answer.headers[.contentLength] = String(compressed.readableBytes)
            answer.body = compressed
        }
        if let body = answer.body, body.readableBytes > Answer.smallSize {
            channel.write(answer.head, promise: nil)
            channel.write(HTTPResponsePart.body(body), promise: nil)
            answer.body = nil
            try await channel.writeAndFlush(HTTPResponsePart.end(nil)).get()
            answer.memory?.giveBack()
        } else {
            try await writer.write(
                response: HTTPResponse(status: answer.status, headerFields: answer.headers),
                body: answer.body.map { ResponseBody(byteBuffer: $0) } ?? ResponseBody())
        }
    }

    /// Reads a slice, writes it, and waits until the client has taken it.
    private func write(
        _ answer: Answer, _ rest: any AnswerRest, _ deflater: Deflater?, to channel: any Channel
    ) async throws {
        var answer = answer
        var rest = rest
        channel.write(answer.head, promise: nil)
        var next = answer.body.take()
        do {
            while let piece = next.take() {
                let bytes = await deflater?.deflate(piece, isLast: false) ?? piece
                // An empty chunk would end the body.
                if bytes.readableBytes > 0 {
                    try await channel.writeAndFlush(HTTPResponsePart.body(bytes)).get()
                }
                next = try await rest.next()
            }
            if let deflater {
                let end = await deflater.deflate(ByteBuffer(), isLast: true)
                channel.write(HTTPResponsePart.body(end), promise: nil)
            }
            try await channel.writeAndFlush(HTTPResponsePart.end(nil)).get()
            answer.memory?.giveBack()
        } catch {
            // The client must not mistake the part it has received for the whole answer.
            channel.reset()
            if !(error is ChannelError || error is IOError || error is CancellationError) {
                logger.error("Failed to finish an answer, its connection is closed", error: error)
            }
            throw error
        }
    }
}

extension Answer {
    fileprivate var head: HTTPResponsePart {
        .head(HTTPResponse(status: status, headerFields: headers))
    }
}
