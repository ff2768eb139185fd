import BSON
import JSON
import NIOCore

/// The stored form of `params` and other JSON: a BSON value if it represents the JSON exactly,
/// since operators can query it and older services can read it; else the JSON text.
enum StoredJSON {
    case value(any BSONEncodable & Sendable)
    case text(String)
    /// The JSON is too large for a document in both forms.
    case tooLarge

    /// The maximum nesting of a BSON value. A server accepts about 100 levels of a whole document.
    static let maximumDepth = 90

    /// - Parameter maximumBytes: The maximum size of the value, in bytes.
    init(_ json: JSONText?, maximumBytes: Int) {
        guard let json else {
            self = .value(BSONNull())
            return
        }
        // Such a text could fit only if most of it were white space.
        guard json.bytes.count / 8 <= maximumBytes else {
            self = .tooLarge
            return
        }
        do {
            // The outline refuses deeper nesting. Such JSON is stored as text.
            let outline = try JSONOutline(
                ByteBuffer(bytes: json.bytes), recordedDepth: Self.maximumDepth,
                maximumDepth: Self.maximumDepth)
            let capacity = min(json.bytes.count * 2, maximumBytes)
            let wrapper = try BSONDocument(capacity: capacity) { document in
                try document.append("value", outline.root, within: maximumBytes)
            }
            guard wrapper.bytes.count <= maximumBytes else { throw Inexact() }
            guard let value = wrapper["value"] else { throw Inexact() }
            self = .value(value)
        } catch {
            self =
                json.bytes.count <= maximumBytes ? .text(json.description) : .tooLarge
        }
    }

    /// The stored form of a field of an existing job, which a server refuses if the whole document
    /// is too large. A JSON null is stored as text, because a null in a document means that the
    /// field is not set.
    init(field json: JSONText) {
        self.init(json, maximumBytes: Self.maximumFieldBytes)
        switch self {
        case .value(let value) where value.bsonType != .null: break
        default: self = .text(json.description)
        }
    }

    /// The size from which a field of an existing job is stored as text, which is smaller.
    private static let maximumFieldBytes = 4 << 20

    /// The approximate size in bytes.
    var bytes: Int {
        switch self {
        case .value(let value): (value as? BSONValue)?.bytes.count ?? 0
        case .text(let text): text.utf8.count
        case .tooLarge: 0
        }
    }
}

/// The error of a JSON value that BSON cannot represent exactly, or not within the size limit.
private struct Inexact: Error {}

extension BSONBuilder {
    /// - Throws: ``Inexact``, also if the value has more than `limit` bytes.
    fileprivate mutating func append(_ key: BSONKey, _ value: JSONValue, within limit: Int) throws {
        guard byteCount <= limit else { throw Inexact() }
        switch value.kind {
        case .object: try document(key) { try $0.append(membersOf: value, within: limit) }
        case .array: try array(key) { try $0.append(elementsOf: value, within: limit) }
        case .string: append(key, value.string)
        case .boolean: append(key, value.boolean)
        case .null: append(key, BSONNull())
        case .number:
            switch try ExactNumber(value.text.description) {
            case .int32(let number): append(key, number)
            case .int64(let number): append(key, number)
            case .double(let number): append(key, number)
            }
        }
    }

    fileprivate mutating func append(membersOf object: JSONValue, within limit: Int) throws {
        var names: Set<String> = []
        for (name, value) in object.members {
            // Canonically equivalent names count as duplicates here. Then the text is stored, which
            // is correct too.
            guard names.insert(name).inserted, let key = BSONKey(checking: name) else {
                throw Inexact()
            }
            try append(key, value, within: limit)
        }
    }
}

extension BSONArrayBuilder {
    fileprivate mutating func append(elementsOf array: JSONValue, within limit: Int) throws {
        for value in array.elements {
            guard byteCount <= limit else { throw Inexact() }
            switch value.kind {
            case .object: try document { try $0.append(membersOf: value, within: limit) }
            case .array: try self.array { try $0.append(elementsOf: value, within: limit) }
            case .string: append(value.string)
            case .boolean: append(value.boolean)
            case .null: append(BSONNull())
            case .number:
                switch try ExactNumber(value.text.description) {
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

    init(_ digits: String) throws {
        if let integer = Int64(digits), digits != "-0" {
            self = Int32(exactly: integer).map(ExactNumber.int32) ?? .int64(integer)
        } else {
            // A double prints as the shortest digits that read back the same. If these differ from
            // the given digits in value, the double is not exact.
            guard let double = Double(digits), double.isFinite,
                try Decimal(double.description) == Decimal(digits)
            else { throw Inexact() }
            self = .double(double)
        }
    }

    /// A decimal number in normal form, without leading and trailing zeros: `0.digits *
    /// 10^exponent`.
    private struct Decimal: Equatable {
        var isNegative = false
        var digits: [UInt8] = []
        /// The exponent; 0 if the number is zero.
        var exponent = 0

        /// - Throws: ``Inexact`` if the exponent does not fit into an `Int`.
        init(_ text: String) throws {
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
            else { throw Inexact() }
            exponent = sum
        }
    }
}
