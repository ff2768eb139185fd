import NIOCore

/// The checksum of RFC 3720 (Castagnoli's polynomial), eight bytes at a time by tables.
///
/// It detects every error within 32 adjacent bits, and all but one in four billion of the others.
struct CRC32C: Equatable {
    private var register = UInt32.max

    var value: UInt32 { ~register }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var register = register
        var index = 0
        Self.tables.withUnsafeBufferPointer { tables in
            while index + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian
                let mixed = word ^ UInt64(register)
                register = 0
                for byte in 0..<8 {
                    let entry = Int(mixed >> (8 * byte) & 0xFF)
                    register ^= tables[(7 - byte) * 256 + entry]
                }
                index += 8
            }
            while index < bytes.count {
                register =
                    tables[Int((register ^ UInt32(bytes[index])) & 0xFF)] ^ register >> 8
                index += 1
            }
        }
        self.register = register
    }

    mutating func update(_ buffer: ByteBuffer) {
        buffer.withUnsafeReadableBytes { update($0) }
    }

    static func of(_ buffer: ByteBuffer) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(buffer)
        return checksum.value
    }

    /// Table k holds the effect of a byte on the register when k zero bytes follow it.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var register = UInt32(byte)
            for _ in 0..<8 { register = register >> 1 ^ (register & 1 == 1 ? 0x82F6_3B78 : 0) }
            tables[byte] = register
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = tables[Int(before & 0xFF)] ^ before >> 8
        }
        return tables
    }()
}
