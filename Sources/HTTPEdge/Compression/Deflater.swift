import CZlib
import NIOCore

/// Compresses the body of an answer, one piece at a time.
final class Deflater {
    /// How many bytes are compressed at once, which takes some milliseconds.
    static let pieceSize = 64 << 10

    // zlib keeps a pointer to its stream, so the stream must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// - Parameter isFast: whether to compress a little less, in a third of the time.
    init(_ coding: ContentCoding, isFast: Bool = false) {
        stream.initialize(to: z_stream())
        let windowBits: Int32 =
            switch coding {
            case .gzip: 15 + 16
            case .deflate: 15
            }
        let level = isFast ? Z_BEST_SPEED : Z_DEFAULT_COMPRESSION
        let code = jobs_deflateInit2(stream, level, windowBits)
        precondition(code == Z_OK, "zlib cannot begin to compress: \(code)")
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Compresses `input`, and yields to other tasks between its pieces.
    /// - Parameter isLast: whether `input` ends the body.
    /// - Returns: the compressed bytes that are ready; may be empty unless `isLast`.
    func deflate(_ input: ByteBuffer, isLast: Bool) async -> ByteBuffer {
        var input = input
        var output = ByteBufferAllocator().buffer(
            capacity: min(Self.pieceSize, input.readableBytes / 4 + 64))
        repeat {
            let size = min(Self.pieceSize, input.readableBytes)
            // The slice exists: `size` is at most the number of readable bytes.
            var piece = input.readSlice(length: size)!
            let isEnd = isLast && input.readableBytes == 0
            write(&piece, to: &output, isEnd ? Z_FINISH : Z_NO_FLUSH)
            if input.readableBytes > 0 { await Task.yield() }
        } while input.readableBytes > 0
        return output
    }

    private func write(_ piece: inout ByteBuffer, to output: inout ByteBuffer, _ flush: Int32) {
        piece.withUnsafeMutableReadableBytes { bytes in
            stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
            stream.pointee.avail_in = uInt(bytes.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 1024) { space in
                    stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: Bytef.self)
                    stream.pointee.avail_out = uInt(space.count)
                    _ = CZlib.deflate(stream, flush)
                    return space.count - Int(stream.pointee.avail_out)
                }
                // If space is left, zlib has no more output.
            } while stream.pointee.avail_out == 0
        }
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
    }
}
