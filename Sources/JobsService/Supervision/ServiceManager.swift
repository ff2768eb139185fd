import Platform

/// The service manager that has started the process and waits for news of it: systemd, for services
/// of `Type=notify`. The protocol is that of `sd_notify(3)`.
struct ServiceManager: Sendable {
    enum News: String {
        case ready = "READY=1"
        case stopping = "STOPPING=1"
        case alive = "WATCHDOG=1"
    }

    /// The time within which the manager expects a sign of life; `nil` if it expects none.
    let watchdogTimeout: Duration?
    /// The bytes of the socket's address.
    private let address: [UInt8]

    /// `nil` if no manager waits for news.
    /// - Parameter environment: The variables of the process.
    init?(environment: [String: String], processID: Int32 = getpid()) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.utf8.count > 1,
            socket.utf8.count < Self.maximumLength
        else { return nil }
        // An address in the abstract namespace begins with NUL, which the variable cannot hold.
        switch socket.utf8.first {
        case UInt8(ascii: "/"): address = Array(socket.utf8) + [0]
        case UInt8(ascii: "@"): address = [0] + socket.utf8.dropFirst()
        default: return nil
        }
        let isForOther = environment["WATCHDOG_PID"].map { Int32($0) != processID } ?? false
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogTimeout =
            microseconds > 0 && !isForOther ? .microseconds(microseconds) : nil
    }

    /// Sends news without waiting. A manager that cannot be reached does not concern the service.
    func tell(_ news: News) {
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: address) }
        let length = MemoryLayout<sockaddr_un>.size - Self.maximumLength + address.count
        let text = Array(news.rawValue.utf8)
        _ = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    descriptor, text, text.count, Int32(MSG_DONTWAIT), $0,
                    socklen_t(length))
            }
        }
    }

    /// The room for the path in the address of a socket.
    private static let maximumLength = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
