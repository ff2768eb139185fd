import HTTPEdge
import HTTPTypes
import HummingbirdCore

extension Call {
    /// The trace context in the header `traceparent` of the request; `nil` if there is none, or if
    /// it is not valid by the Trace Context specification of the W3C.
    var traceparent: String? {
        request.headers[.traceparent].flatMap { $0.isTraceparent ? $0 : nil }
    }
}

extension String {
    /// Whether the text is a `traceparent`: version, trace id, parent id and flags, in lower-case
    /// hexadecimal digits. Later versions may have more behind a further dash, which is passed on.
    var isTraceparent: Bool {
        let parts = utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count >= 4, utf8.count <= Self.longestTraceparent,
            zip(parts, [2, 32, 16, 2]).allSatisfy({ $0.count == $1 && $0.allSatisfy(\.isHexDigit) })
        else { return false }
        guard !parts[1].isZero, !parts[2].isZero else { return false }
        switch String(parts[0]) {
        case "00": return parts.count == 4
        case "ff": return false
        default: return unicodeScalars.allSatisfy { (0x21...0x7E).contains($0.value) }
        }
    }

    /// More than a trace context needs, and less than a job may have.
    private static let longestTraceparent = 256
}

extension UInt8 {
    /// Whether it is a digit of a lower-case hexadecimal number in ASCII.
    fileprivate var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}

extension Substring.UTF8View {
    fileprivate var isZero: Bool { allSatisfy { $0 == UInt8(ascii: "0") } }
}

extension HTTPField.Name {
    // The unwrap is safe: the name is a valid token of HTTP.
    static let traceparent = HTTPField.Name("traceparent")!
}
