import Platform
import Synchronization

/// The `Date` header that RFC 9110 requires of every server: `Tue, 24 Nov 2026 05:34:57 GMT`.
///
/// Formatted once a second, because all answers of that second share it.
enum HTTPDate {
    private static let last = Mutex<(second: time_t, text: String)>((0, ""))

    static func now() -> String {
        let second = time(nil)
        return last.withLock { last in
            if last.second != second { last = (second, format(second)) }
            return last.text
        }
    }

    static func format(_ second: time_t) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            // Day and month names are English because this program never sets a locale.
            let count = strftime(
                buffer.baseAddress, buffer.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
