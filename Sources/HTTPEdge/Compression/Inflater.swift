import CZlib
import NIOCore

/// Decompresses a request's body, at most as many bytes at a time as its caller asks for.
final class Inflater {
    enum Fault: Error {
        case damaged
        /// The compressed data ends too early.
        case cutShort
        /// Something follows the compressed data.
        case trailingBytes
    }

    /// 15 is the largest window; 32 detects gzip or zlib by the first bytes.
    private static let windowBits: Int32 = 15 + 32

    // zlib keeps a pointer to its stream, so the stream must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isComplete = false

    init() {
        stream.initialize(to: z_stream())
        let code = jobs_inflateInit2(stream, Self.windowBits)
        precondition(code == Z_OK, "zlib cannot begin to inflate: \(code)")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Decompresses the next part of the body.
    /// - Parameters:
    ///   - input: the bytes that were used are removed from it.
    ///   - limit: the most bytes to add to `output`.
    /// - Returns: the number of bytes added; if it is less than `limit`, all of `input` was used.
    /// - Throws: ``Fault``
    func inflate(_ input: inout ByteBuffer, to output: inout ByteBuffer, atMost limit: Int)
        throws(Fault) -> Int
    {
        if isComplete {
            guard input.readableBytes == 0 else { throw Fault.trailingBytes }
            return 0
        }
        var code = Z_OK
        let written = input.readWithUnsafeMutableReadableBytes { bytes in
            stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_in = uInt(bytes.count)
            let written = output.writeWithUnsafeMutableBytes(minimumWritableBytes: limit) { space in
                stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: Bytef.self)
                stream.pointee.avail_out = uInt(limit)
                code = CZlib.inflate(stream, Z_NO_FLUSH)
                return limit - Int(stream.pointee.avail_out)
            }
            return (bytes.count - Int(stream.pointee.avail_in), written)
        }
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        isComplete = code == Z_STREAM_END
        // Z_BUF_ERROR: zlib can do nothing without more input.
        guard isComplete || code == Z_OK || code == Z_BUF_ERROR else { throw Fault.damaged }
        guard !isComplete || input.readableBytes == 0 else { throw Fault.trailingBytes }
        return written
    }

    /// Call at the end of the body.
    /// - Throws: ``Fault/cutShort``
    func finish() throws(Fault) {
        guard isComplete else { throw Fault.cutShort }
    }
}
