import Platform

/// The wildcard addresses, which listen on all interfaces of this machine.
enum AnyAddress {
    static let ipv4 = "0.0.0.0"
    static let ipv6 = "::"

    /// `::` if a socket on it accepts IPv4 connections as well, else `0.0.0.0`.
    static let host = takesBoth ? ipv6 : ipv4

    private static var takesBoth: Bool {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET6, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // On some systems an IPv6 socket does not accept IPv4 connections by default.
        var isApart: Int32 = 1
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard
            getsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &isApart, &size) == 0,
            isApart == 0
        else { return false }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
            }
        }
    }
}
