import NIOCore

extension SocketAddress {
    /// The IP address as text. An IPv4 address that came over a socket which takes IPv6 as well is
    /// written as such, not as `::ffff:1.2.3.4`.
    var plainIPAddress: String? {
        guard let address = ipAddress else { return nil }
        let mapped = "::ffff:"
        guard address.hasPrefix(mapped), address.contains(".") else { return address }
        return String(address.dropFirst(mapped.count))
    }
}
