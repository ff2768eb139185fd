/// Up to 32 ASCII characters that are kept without an allocation.
///
/// `InlineArray` would do, but needs macOS 26 and iOS 26.
struct ShortText {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private let count: Int

    /// - Parameters:
    ///   - count: The number of characters, up to 32.
    ///   - fill: Writes all of them.
    @inline(__always)
    init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
        precondition(count <= MemoryLayout.size(ofValue: words))
        self.count = count
        withUnsafeMutableBytes(of: &words) {
            fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<count]))
        }
    }

    /// Lends the characters.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    var string: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}
