import Foundation

/// A port that no process listens on.
enum ClosedPort {
    struct NoPort: Error {}

    static func any() throws -> UInt16 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard handle >= 0 else { throw NoPort() }
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, length) == 0 ? getsockname(handle, $0, &length) : -1
            }
        }
        guard status == 0 else { throw NoPort() }
        return UInt16(bigEndian: address.sin_port)
    }
}
