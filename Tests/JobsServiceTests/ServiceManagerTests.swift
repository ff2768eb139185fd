import Foundation
import JobsTestSupport
import Testing

@testable import JobsService

/// What the program tells the service manager that has started it.
@Suite(.timeLimit(.minutes(2))) struct ServiceManagerTests {
    @Test(
        "it tells when it is ready, that it is alive, and when it stops",
        arguments: ["/", "@"])
    func news(kind: String) async throws {
        let path = "/tmp/jobs-\(UUID())"
        defer { unlink(path) }
        let socket = try NewsSocket(kind == "/" ? path : "@\(path)")
        let environment = [
            "NOTIFY_SOCKET": kind == "/" ? path : "@\(path)", "WATCHDOG_USEC": "300000",
            "HTTP_PORT": "\(try freePort())",
        ]
        try await RunningProgram.with(environment: environment) { program in
            try await program.waitForLine("Container jobs started.")
            var news: [String] = []
            try await eventually {
                news += socket.received()
                return news.contains("READY=1") && news.count { $0 == "WATCHDOG=1" } >= 3
            }
            #expect(!news.contains("STOPPING=1"))

            program.send(SIGTERM)

            #expect(try await program.waitForExit() == 0)
            #expect(socket.received().contains("STOPPING=1"))
        }
    }

    @Test("the watchdog concerns only the process that it is meant for")
    func watchdog() {
        func timeout(_ watchdog: [String: String]) -> Duration? {
            let socket = ["NOTIFY_SOCKET": "/run/notify"]
            return ServiceManager(environment: socket.merging(watchdog) { $1 }, processID: 7)?
                .watchdogTimeout
        }

        #expect(timeout(["WATCHDOG_USEC": "5000000"]) == .seconds(5))
        #expect(timeout(["WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "7"]) == .seconds(5))
        #expect(timeout(["WATCHDOG_USEC": "5000000", "WATCHDOG_PID": "8"]) == nil)
        #expect(timeout([:]) == nil)
    }

    @Test(
        "an address that is none is ignored",
        arguments: ["", "/", "run/notify", "vsock:2:1", "/" + String(repeating: "x", count: 200)])
    func addresses(socket: String) {
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": socket]) == nil)
    }
}

/// A datagram socket, as the manager's.
private final class NewsSocket {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(length))
            }
        }
        guard result == 0 else { throw SocketError(errno) }
    }

    deinit { close(descriptor) }

    /// What has come since the last call.
    func received() -> [String] {
        var texts: [String] = []
        var buffer = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return texts }
            texts.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
