extension String {
    /// Everything but the unreserved characters of RFC 3986, and `others` in ASCII, as `%xx`.
    package func percentEncoded(keeping others: String = "") -> String {
        let unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        let kept = (unreserved + others).utf8
        return utf8.reduce(into: "") { encoded, byte in
            encoded +=
                kept.contains(byte)
                ? String(Unicode.Scalar(byte)) : "%" + CollectionOfOne(byte).hexDigits
        }
    }

    /// A route without the slashes around it.
    package var trimmingSlashes: Substring {
        var text = self[...]
        while text.hasPrefix("/") { text.removeFirst() }
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }
}
