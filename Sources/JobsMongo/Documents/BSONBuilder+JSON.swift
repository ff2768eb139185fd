import BSON
import JSON

/// The error of a JSON value that BSON cannot represent exactly, or not within the size limit.
struct InexactJSON: Error {}

/// The maximum nesting of a BSON value. A server accepts about 100 levels of a whole document.
private let maximumDepthOfValues = 90

extension BSONBuilder {
    /// Appends JSON as a BSON value, written in place.
    ///
    /// - Parameter maximumBytes: The maximum size of the value, in bytes.
    /// - Throws: ``InexactJSON`` if no BSON value represents it exactly, or only a larger one. Then
    ///   the builder has a part of it, see ``attempt(_:)``.
    mutating func append(
        _ key: BSONKey, exactly json: JSONText, maximumBytes: Int
    ) throws(InexactJSON) {
        guard
            let outline = try? JSONOutline(
                json, recordedDepth: maximumDepthOfValues, maximumDepth: maximumDepthOfValues)
        else { throw InexactJSON() }
        let limit = byteCount + maximumBytes
        try append(key, outline.root, within: limit)
        guard byteCount <= limit else { throw InexactJSON() }
    }

    private mutating func append(
        _ key: BSONKey, _ value: JSONValue, within limit: Int
    ) throws(InexactJSON) {
        guard byteCount <= limit else { throw InexactJSON() }
        switch value.kind {
        case .object:
            try document(key) { builder throws(InexactJSON) in
                try builder.append(membersOf: value, within: limit)
            }
        case .array:
            try array(key) { builder throws(InexactJSON) in
                try builder.append(elementsOf: value, within: limit)
            }
        case .string:
            let text = value.utf8
            guard byteCount + text.count <= limit else { throw InexactJSON() }
            append(key, BSONUTF8(text))
        case .boolean: append(key, value.boolean)
        case .null: append(key, BSONNull())
        case .number:
            switch try ExactNumber(value.digits) {
            case .int32(let number): append(key, number)
            case .int64(let number): append(key, number)
            case .double(let number): append(key, number)
            }
        }
    }

    fileprivate mutating func append(membersOf object: JSONValue, within limit: Int)
        throws(InexactJSON)
    {
        var names: Set<String> = []
        for (name, value) in object.members {
            // Canonically equivalent names count as duplicates here. Then the text is stored, which
            // is correct too.
            guard names.insert(name).inserted, let key = BSONKey(checking: name) else {
                throw InexactJSON()
            }
            try append(key, value, within: limit)
        }
    }
}

extension BSONArrayBuilder {
    fileprivate mutating func append(elementsOf array: JSONValue, within limit: Int)
        throws(InexactJSON)
    {
        for value in array.elements {
            guard byteCount <= limit else { throw InexactJSON() }
            switch value.kind {
            case .object:
                try document { builder throws(InexactJSON) in
                    try builder.append(membersOf: value, within: limit)
                }
            case .array:
                try self.array { builder throws(InexactJSON) in
                    try builder.append(elementsOf: value, within: limit)
                }
            case .string:
                let text = value.utf8
                guard byteCount + text.count <= limit else { throw InexactJSON() }
                append(BSONUTF8(text))
            case .boolean: append(value.boolean)
            case .null: append(BSONNull())
            case .number:
                switch try ExactNumber(value.digits) {
                case .int32(let number): append(number)
                case .int64(let number): append(number)
                case .double(let number): append(number)
                }
            }
        }
    }
}

/// A JSON number as the BSON number of the same value.
private enum ExactNumber {
    case int32(Int32)
    case int64(Int64)
    case double(Double)

    init(_ digits: String) throws(InexactJSON) {
        if let integer = Int64(digits), digits != "-0" {
            self = Int32(exactly: integer).map(ExactNumber.int32) ?? .int64(integer)
        } else {
            guard let double = Double(digits), double.isFinite else { throw InexactJSON() }
            // A double prints as the shortest digits that read back the same. If these differ from
            // the given digits in value, the double is not exact. Up to 15 digits never differ.
            if !Self.isShort(digits) {
                guard try Decimal(double.description) == Decimal(digits) else {
                    throw InexactJSON()
                }
            }
            self = .double(double)
        }
    }

    /// Whether a number has at most 15 digits and no exponent.
    private static func isShort(_ digits: String) -> Bool {
        digits.utf8.count <= 15 && digits.utf8.allSatisfy { $0 < UInt8(ascii: "E") }
    }

    /// A decimal number in normal form, without leading and trailing zeros: `0.digits *
    /// 10^exponent`.
    private struct Decimal: Equatable {
        var isNegative = false
        var digits: [UInt8] = []
        /// The exponent; 0 if the number is zero.
        var exponent = 0

        /// - Throws: ``InexactJSON`` if the exponent does not fit into an `Int`.
        init(_ text: String) throws(InexactJSON) {
            var mantissa = text[...]
            var written = ""[...]
            if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
                mantissa = text[..<mark]
                written = text[text.index(after: mark)...]
            }
            if mantissa.first == "-" {
                isNegative = true
                mantissa.removeFirst()
            }
            let point = mantissa.firstIndex(of: ".") ?? mantissa.endIndex
            digits = mantissa.utf8.filter { $0 != UInt8(ascii: ".") }
            let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
            digits.removeFirst(zeros)
            while digits.last == UInt8(ascii: "0") { digits.removeLast() }
            guard !digits.isEmpty else { return }
            let shift = mantissa.utf8.distance(from: mantissa.startIndex, to: point) - zeros
            guard
                let (sum, overflow) = (written.isEmpty ? 0 : Int(written))?
                    .addingReportingOverflow(shift), !overflow
            else { throw InexactJSON() }
            exponent = sum
        }
    }
}
