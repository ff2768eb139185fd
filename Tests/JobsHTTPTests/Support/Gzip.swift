import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// Compresses bytes with gzip.
func gzip(_ bytes: ByteBuffer) throws -> ByteBuffer {
    let channel = EmbeddedChannel(handler: NIOHTTPRequestCompressor(encoding: .gzip))
    let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
    try channel.writeOutbound(HTTPClientRequestPart.head(head))
    try channel.writeOutbound(HTTPClientRequestPart.body(.byteBuffer(bytes)))
    try channel.writeOutbound(HTTPClientRequestPart.end(nil))
    var compressed = ByteBuffer()
    while let part = try channel.readOutbound(as: HTTPClientRequestPart.self) {
        if case .body(.byteBuffer(var bytes)) = part { compressed.writeBuffer(&bytes) }
    }
    _ = try channel.finish(acceptAlreadyClosed: true)
    return compressed
}

/// Decompresses gzip, or zlib for `deflate`.
func inflate(_ data: Data?, _ encoding: String = "gzip") throws -> Data {
    let channel = EmbeddedChannel(handler: NIOHTTPResponseDecompressor(limit: .none))
    let head = HTTPResponseHead(
        version: .http1_1, status: .ok, headers: ["Content-Encoding": encoding])
    try channel.writeInbound(HTTPClientResponsePart.head(head))
    try channel.writeInbound(HTTPClientResponsePart.body(ByteBuffer(bytes: data ?? Data())))
    try channel.writeInbound(HTTPClientResponsePart.end(nil))
    var inflated = Data()
    while let part = try channel.readInbound(as: HTTPClientResponsePart.self) {
        if case .body(let bytes) = part { inflated += Data(bytes.readableBytesView) }
    }
    _ = try channel.finish(acceptAlreadyClosed: true)
    return inflated
}
