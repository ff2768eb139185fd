import BSON
internal import CMongo

extension BSONValue {
    /// A decimal number as JSON, with all its digits including trailing zeros; nil for infinities,
    /// NaN, and values of another type.
    package var decimalText: String? {
        guard type == .decimal128 else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(
                of: CChar.self, capacity: Int(CMONGO_DECIMAL_TEXT)
            ) { text in
                guard let start = text.baseAddress, cmongo_write_decimal(bytes.baseAddress, start)
                else { return nil }
                return String(cString: start)
            }
        }
    }
}
