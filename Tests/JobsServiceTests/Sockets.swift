import Foundation
import Synchronization

/// Lends a port of this machine that is in use although no process listens on it.
func withTakenPort<Result>(_ body: (_ port: Int) async throws -> Result) async throws -> Result {
    let port = try freePort()
    let descriptor = try listen(to: port)
    defer { close(descriptor) }
    return try await body(port)
}

/// A port of this machine that no process listens on, and that no other test is given.
///
/// It is below the ports that the kernel gives to outgoing connections: one of those may be taken
/// by any connection before the program under test listens on it.
func freePort() throws -> Int {
    for _ in 0..<1_000 {
        let number = takenPorts.wrappingAdd(1, ordering: .relaxed).newValue
        let port = 20_000 + number % 12_000
        if let descriptor = try? listen(to: port) {
            close(descriptor)
            return port
        }
    }
    throw SocketError(EADDRINUSE)
}

/// It starts anywhere, as other processes test on this machine too.
private let takenPorts = Atomic<Int>(.random(in: 0..<12_000))

private func listen(to port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in.loopback(port: port)
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                && listen(descriptor, 1) == 0
        }
    }
    guard result else {
        let error = SocketError(errno)
        close(descriptor)
        throw error
    }
    return descriptor
}

/// Whether a connection to a port of this machine's `::1` can be made.
func acceptsIPv6(port: Int) -> Bool {
    withIPv6Loopback(port: port, connect) == 0
}

/// Whether this machine has `::1`.
func hasIPv6Loopback() -> Bool {
    withIPv6Loopback(port: 0, bind) == 0
}

private func withIPv6Loopback(
    port: Int, _ call: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
) -> Int32 {
    let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = UInt16(port).bigEndian
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
    }
}

/// A connection on which a test sends arbitrary bytes.
final class RawConnection {
    private let descriptor: Int32

    /// - Throws: ``SocketError`` if no process listens on the port.
    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in.loopback(port: port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SocketError(errno) }
    }

    deinit {
        close(descriptor)
    }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw SocketError(errno) }
    }

    /// Reads until the other side closes the connection.
    func readToEnd() throws -> String {
        try read(to: nil)
    }

    /// Reads up to and including `end`, or until the other side closes the connection.
    func read(to end: String?) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1)
        repeat {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw SocketError(errno) }
            guard count > 0 else { break }
            bytes += buffer
        } while end.map { !bytes.ends(with: $0.utf8) } ?? true
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension [UInt8] {
    fileprivate func ends(with end: String.UTF8View) -> Bool {
        suffix(end.count).elementsEqual(end)
    }
}

struct SocketError: Error, Equatable {
    var code: Int32

    init(_ code: Int32) {
        self.code = code
    }
}

extension sockaddr_in {
    fileprivate static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
