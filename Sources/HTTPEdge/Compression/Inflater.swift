import CZlib
import NIOCore

/// Undoes the compression of a request's body, as many bytes at a time as its caller asks for.
final class Inflater {
    enum Fault: Error {
        case damaged
        /// What has come is no whole compressed text.
        case cutShort
        /// Something follows the compressed text.
        case trailingBytes
    }

    /// 15: the largest window; 32: gzip and zlib are told apart by their first bytes.
    private static let windowBits: Int32 = 15 + 32

    // zlib keeps the address of its stream.
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

    /// Goes on with what has come.
    /// - Parameters:
    ///   - input: what was used of it is gone from it.
    ///   - limit: the most bytes to add to `output`.
    /// - Returns: the bytes added; where they are fewer than `limit`, all of `input` was used.
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
        // Z_BUF_ERROR: there is nothing to do until more has come.
        guard isComplete || code == Z_OK || code == Z_BUF_ERROR else { throw Fault.damaged }
        guard !isComplete || input.readableBytes == 0 else { throw Fault.trailingBytes }
        return written
    }

    /// Nothing more will come.
    /// - Throws: ``Fault/cutShort``
    func finish() throws(Fault) {
        guard isComplete else { throw Fault.cutShort }
    }
}
