import NIOCore
import Testing

@testable import JobsFile

@Suite struct CRC32CTests {
    /// RFC 3720, B.4, and the usual check value.
    @Test(
        "it matches the test vectors of the standard",
        arguments: [
            ([], 0), (Array("123456789".utf8), 0xE306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0..<32), 0x46DD_794E), (Array((0..<32).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func vectors(bytes: [UInt8], checksum: UInt32) {
        #expect(CRC32C.of(ByteBuffer(bytes: bytes)) == checksum)
        for cut in 0..<bytes.count {
            var parts = CRC32C()
            parts.update(ByteBuffer(bytes: bytes[..<cut]))
            parts.update(ByteBuffer(bytes: bytes[cut...]))
            #expect(parts.value == checksum)
        }
    }
}
