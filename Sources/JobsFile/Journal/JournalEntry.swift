import NIOCore

/// The unit of writing and synchronizing the journal: a JSON array of records after a header of 16
/// bytes. The header is a mark, the length of the array, the checksum of the array, and the
/// checksum of these three, each as four bytes in little-endian order.
enum JournalEntry {
    static let headerLength = 16
    private static let mark: UInt32 = 0x4C4E_524A  // "JRNL"

    static func header(of payload: ByteBuffer) -> ByteBuffer {
        var header = ByteBuffer()
        header.writeInteger(mark, endianness: .little)
        header.writeInteger(UInt32(payload.readableBytes), endianness: .little)
        header.writeInteger(CRC32C.of(payload), endianness: .little)
        header.writeInteger(CRC32C.of(header), endianness: .little)
        return header
    }

    /// The content of the journal at an offset.
    enum Reading {
        case entry(payload: ByteBuffer)
        /// There is no complete entry, and no later one. An interrupted write leaves this at the
        /// end of a file.
        case torn
        /// There is no complete entry, but a later one. Since entries are only appended to complete
        /// ones, the file is damaged.
        case damaged
        case end
    }

    /// Reads the entry at `offset` of a file, of which the first `length` bytes are valid.
    static func read(_ file: ReadableFile, at offset: Int, length: Int) throws(FileError) -> Reading
    {
        let rest = length - offset
        guard rest > 0 else { return .end }
        let start = try file.read(at: offset, count: min(headerLength, rest))
        guard let header = Header(start, at: 0) else {
            let behind = try file.read(at: offset + 1, count: rest - 1)
            return hasEntry(behind) ? .damaged : .torn
        }
        let end = headerLength + header.length
        guard end <= rest else { return .torn }
        let payload = try file.read(at: offset + headerLength, count: header.length)
        if CRC32C.of(payload) == header.checksum { return .entry(payload: payload) }
        return end < rest ? .damaged : .torn
    }

    /// Whether an entry begins at any offset. A payload cannot look like an entry: a length below
    /// 16 MB has zero bytes, which JSON does not contain.
    private static func hasEntry(_ bytes: ByteBuffer) -> Bool {
        guard bytes.readableBytes >= headerLength else { return false }
        return (0...bytes.readableBytes - headerLength).contains { Header(bytes, at: $0) != nil }
    }

    private struct Header {
        let length: Int
        let checksum: UInt32

        init?(_ bytes: ByteBuffer, at offset: Int) {
            let index = bytes.readerIndex + offset
            func field(_ number: Int) -> UInt32? {
                bytes.getInteger(at: index + number * 4, endianness: .little)
            }
            guard field(0) == mark, let length = field(1), let checksum = field(2),
                let own = field(3),
                let checked = bytes.getSlice(at: index, length: headerLength - 4),
                CRC32C.of(checked) == own
            else { return nil }
            self.length = Int(length)
            self.checksum = checksum
        }
    }
}
