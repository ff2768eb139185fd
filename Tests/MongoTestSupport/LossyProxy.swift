import Foundation
import Platform
import Synchronization

/// A proxy between a client and a server that can drop the reply to a command: the server has
/// carried it out, and the client's connection breaks.
public final class LossyProxy: Sendable {
    public let port: UInt16
    private let listener: Int32
    private let server: UInt16
    private let toLose = Mutex<(command: String, times: Int)>(("", 0))
    private let open = Mutex<[Int32]>([])

    /// - Parameter server: the port of a MongoDB server on the loopback interface.
    public init(server: UInt16) throws {
        self.server = server
        (listener, port) = try Self.listenOnFreePort()
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                Thread.detachNewThread { self.serve(client) }
            }
        }
    }

    public func loseReplies(to command: String, times: Int) {
        toLose.withLock { $0 = (command, times) }
    }

    /// How many more replies will be dropped.
    public var stillToLose: Int { toLose.withLock { $0.times } }

    public func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        open.withLock { for descriptor in $0 { shutdown(descriptor, Int32(SHUT_RDWR)) } }
    }

    private func serve(_ client: Int32) {
        let upstream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        open.withLock { $0 += [client, upstream] }
        defer {
            open.withLock { $0.removeAll { $0 == client || $0 == upstream } }
            close(client)
            close(upstream)
        }
        var address = Self.loopback(port: server)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(upstream, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return }
        while let request = message(from: client), send(request, to: upstream) {
            let isLost = toLose.withLock { lost in
                guard lost.times > 0, commandName(of: request) == lost.command else { return false }
                lost.times -= 1
                return true
            }
            var more = true
            while more {
                guard let reply = message(from: upstream), !isLost, send(reply, to: client) else {
                    return
                }
                more = reply[12] == 0xDD && reply[16] & 2 != 0  // an OP_MSG with moreToCome
            }
        }
    }

    /// The first key of an OP_MSG's document.
    private func commandName(of message: [UInt8]) -> String? {
        guard message.count > 26, message[12] == 0xDD else { return nil }
        return String(decoding: message[26...].prefix { $0 != 0 }, as: UTF8.self)
    }

    private func message(from descriptor: Int32) -> [UInt8]? {
        guard let head = bytes(from: descriptor, count: 16) else { return nil }
        let length = head.withUnsafeBytes {
            Int(Int32(littleEndian: $0.loadUnaligned(as: Int32.self)))
        }
        return bytes(from: descriptor, count: length - 16).map { head + $0 }
    }

    private func bytes(from descriptor: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress! + filled, count - filled, 0)
            }
            guard read > 0 else { return nil }
            filled += read
        }
        return bytes
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let wrote = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + sent, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard wrote > 0 else { return false }
            sent += wrote
        }
        return true
    }

    private static func listenOnFreePort() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listens = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard listens else { throw POSIXError(.EADDRNOTAVAIL) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
