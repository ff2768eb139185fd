/// A decimal number as others may have written one into `params`: IEEE 754 decimal128 with the
/// significand as a binary integer.
struct Decimal128 {
    private let isNegative: Bool
    private let significand: UInt128
    /// Of ten.
    private let exponent: Int

    private static let maximum = UInt128("9999999999999999999999999999999999") ?? 0
    private static let bias = 6176

    /// - Parameter bytes: 16, the lowest first.
    /// - Returns: nil for infinities and what is no number.
    init?(_ bytes: some Collection<UInt8>) {
        let bits = bytes.reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        isNegative = bits >> 127 == 1
        guard bits >> 123 & 0xF != 0xF else { return nil }
        // The other form has an exponent two bits further on, and significands beyond the maximum,
        // which stand for 0.
        let isUsualForm = bits >> 125 & 0b11 != 0b11
        let value = isUsualForm ? bits & (1 << 113 - 1) : 0
        significand = value <= Self.maximum ? value : 0
        exponent = Int(bits >> (isUsualForm ? 113 : 111) & 0x3FFF) - Self.bias
    }
}

extension Decimal128: CustomStringConvertible {
    /// All its digits, also zeros at the end, in a form that is JSON.
    var description: String {
        var digits = String(significand)
        // What the exponent would be with one digit before the point.
        let magnitude = digits.count - 1 + exponent
        let sign = isNegative ? "-" : ""
        if exponent > 0 || magnitude < -6 {
            let fraction = digits.dropFirst()
            let point = fraction.isEmpty ? "" : "."
            return
                "\(sign)\(digits.prefix(1))\(point)\(fraction)E\(magnitude < 0 ? "" : "+")\(magnitude)"
        }
        if exponent == 0 { return sign + digits }
        let missing = 1 - exponent - digits.count
        if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
        return "\(sign)\(digits.dropLast(-exponent)).\(digits.suffix(-exponent))"
    }
}
