extension String {
    /// Percent-encodes everything but the unreserved characters of RFC 3986 and `others`, which are
    /// ASCII.
    package func percentEncoded(keeping others: String = "") -> String {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        let kept = (unreserved + others).utf8
        return utf8.reduce(into: "") { encoded, byte in
            encoded +=
                kept.contains(byte)
                ? String(Unicode.Scalar(byte)) : "%" + CollectionOfOne(byte).hexDigits
        }
    }

    /// The route without leading and trailing slashes.
    package var trimmingSlashes: Substring {
        var text = self[...]
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
