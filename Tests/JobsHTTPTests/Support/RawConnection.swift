import Foundation
import Glibc
import HTTPTypes
import JobsTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A TCP connection on which a test sends arbitrary bytes, and reads the answers within a time
/// limit.
struct RawConnection {
    enum Failure: Error {
        /// Nothing arrived within the time limit.
        case timedOut
        case closed(rest: String)
        case noHTTP(String)
    }

    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private let channel: any Channel
    private(set) var buffer = ByteBuffer()

    /// Much longer than any test needs, for busy machines.
    static let bound = TimeAmount.seconds(60)

    /// Lends a connection.
    /// - Parameter tls: The settings for HTTPS; `nil` for plain HTTP.
    static func open<Result>(
        port: Int, tls: NIOSSLContext? = nil,
        _ body: (inout RawConnection) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var connection = RawConnection(
                iterator: inbound.makeAsyncIterator(), outbound: outbound, channel: channel.channel)
            return try await body(&connection)
        }
    }

    private init(
        iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>, channel: any Channel
    ) {
        self.iterator = iterator
        self.outbound = outbound
        self.channel = channel
    }

    func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await outbound.write(bytes)
    }

    /// Closes the sending side.
    func finish() {
        outbound.finish()
    }

    /// Closes the connection with a FIN.
    func close() async throws {
        try await channel.close()
    }

    /// Closes the connection with a reset.
    func reset() async throws {
        let socket = channel as? any SocketOptionProvider
        try await socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// Reads the next bytes.
    /// - Returns: Whether there were any; false if the other side has closed its sending side.
    mutating func read() async throws -> Bool {
        let timeout = Timeout(channel)
        defer { timeout.cancel() }
        guard var bytes = try await iterator.next() else {
            if timeout.hasPassed { throw Failure.timedOut }
            return false
        }
        buffer.writeBuffer(&bytes)
        return true
    }

    /// Reads until the other side closes.
    /// - Returns: The bytes that were not read before.
    mutating func readToEnd() async throws -> String {
        while try await read() {}
        defer { buffer.clear() }
        return String(buffer: buffer)
    }

    /// Expects the other side to close without sending anything.
    mutating func expectEnd(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let rest = try await readToEnd()
        #expect(rest == "", sourceLocation: sourceLocation)
    }

    /// Sends a request and reads its answer.
    mutating func answer(to request: String) async throws -> TestAnswer {
        try await send(request)
        return try await readAnswer()
    }

    /// Reads one answer; informational ones are answers too.
    /// - Parameter hasBody: False for the answer to HEAD, which has the headers of a body but no
    ///   body.
    mutating func readAnswer(hasBody: Bool = true) async throws -> TestAnswer {
        let head = try await readHead()
        var lines = head.components(separatedBy: "\r\n")[...]
        let words = (lines.popFirst() ?? "").split(separator: " ")
        guard words.first == "HTTP/1.1", words.count > 2, let status = Int(words[1]) else {
            throw Failure.noHTTP(head)
        }
        var headers = HTTPFields()
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else {
                throw Failure.noHTTP(head)
            }
            headers.append(
                HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
        }
        var body: Data?
        if headers[.transferEncoding] == "chunked" {
            body = try await readChunks()
        } else if hasBody, let length = headers[.contentLength].flatMap({ Int($0) }) {
            body = try await readBytes(length)
        }
        return TestAnswer(status: status, headers: headers, body: body)
    }

    mutating func readHead() async throws -> String {
        try await readUntil("\r\n\r\n")
    }

    private mutating func readChunks() async throws -> Data {
        var body = Data()
        while true {
            let chunk = try await readChunk()
            body += chunk
            if chunk.isEmpty { return body }
        }
    }

    /// Reads a part of a body; empty after the last one.
    mutating func readChunk() async throws -> Data {
        let line = try await readUntil("\r\n")
        guard let length = Int(line, radix: 16) else { throw Failure.noHTTP(line) }
        let chunk = try await readBytes(length)
        _ = try await readUntil("\r\n")
        return chunk
    }

    /// Reads up to a delimiter, which is dropped.
    private mutating func readUntil(_ delimiter: String) async throws -> String {
        while true {
            let bytes = Data(buffer.readableBytesView)
            if let range = bytes.range(of: Data(delimiter.utf8)) {
                buffer.moveReaderIndex(forwardBy: range.upperBound)
                return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
            }
            guard try await read() else { throw Failure.closed(rest: String(buffer: buffer)) }
        }
    }

    private mutating func readBytes(_ count: Int) async throws -> Data {
        while true {
            if let bytes = buffer.readBytes(length: count) { return Data(bytes) }
            guard try await read() else { throw Failure.closed(rest: String(buffer: buffer)) }
        }
    }
}

/// Closes a connection when nothing has arrived for too long, so that its reader continues.
private final class Timeout: Sendable {
    private let scheduled: Scheduled<Void>
    private let isOver: Flag

    init(_ channel: any Channel) {
        let isOver = Flag()
        self.isOver = isOver
        scheduled = channel.eventLoop.scheduleTask(in: RawConnection.bound) {
            isOver.set()
            channel.close(promise: nil)
        }
    }

    var hasPassed: Bool { isOver.isSet }

    func cancel() { scheduled.cancel() }
}
