extension String {
    /// The longest prefix of Unicode scalars with at most `count` bytes of UTF-8. (A `Character`
    /// may be of any length.)
    package func utf8Prefix(_ count: Int) -> Substring {
        guard utf8.count > count else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: count)
        while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return self[..<end]
    }
}
