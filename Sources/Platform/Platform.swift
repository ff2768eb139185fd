#if canImport(Glibc)
    @_exported public import Glibc
#elseif canImport(Musl)
    @_exported public import Musl
#else
    @_exported public import Darwin
#endif

/// The host name, which in a container is the container's id; empty if the system call fails. Does
/// not query DNS.
package func hostName() -> String {
    // POSIX allows 255 bytes and a NUL; longer names are truncated and may lack the NUL.
    var name = [CChar](repeating: 0, count: 257)
    guard gethostname(&name, name.count - 1) == 0 else { return "" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
