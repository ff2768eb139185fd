import NIOCore

extension SocketAddress {
    /// The IP address as text. An IPv4 address on a dual-stack socket is written as IPv4, not as
    /// `::ffff:1.2.3.4`.
    var plainIPAddress: String? {
        guard let address = ipAddress else { return nil }
        let mapped = "::ffff:"
        guard address.hasPrefix(mapped), address.contains(".") else { return address }
        return String(address.dropFirst(mapped.count))
    }
}
