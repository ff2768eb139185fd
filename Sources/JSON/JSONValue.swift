import NIOCore

/// One value of a checked JSON text: its kind, and accessors for its content.
public struct JSONValue: Sendable {
    let outline: JSONOutline
    let index: Int

    private var place: JSONOutline.Place { outline.places[index] }

    /// The type of the value.
    public var kind: JSONKind { place.kind }

    /// A copy of the value's bytes, which does not keep the whole text in memory.
    public var text: JSONText {
        let range = place.kind == .string ? place.value.withQuotes : place.value
        return JSONText(validated: outline.bytes(range))
    }

    /// The member with this name; of duplicates the last one. `nil` if there is none, if this is
    /// not an object, or if the member was not recorded.
    public subscript(name: String) -> JSONValue? {
        guard place.kind == .object else { return nil }
        var found: Int?
        var child = index + 1
        while child < place.end {
            if outline.isKey(of: child, name) { found = child }
            child = outline.places[child].end
        }
        return found.map { JSONValue(outline: outline, index: $0) }
    }

    /// The members of an object in the order of the text, including duplicates; empty for other
    /// values.
    public var members: [(name: String, value: JSONValue)] {
        guard place.kind == .object else { return [] }
        return children.map { (outline.key(of: $0.index), $0) }
    }

    /// The members of an object with names other than `names`, in the order of the text. Cheapest
    /// if the members in `names` come in that order.
    package func members(otherThan names: [String]) -> [(name: String, value: JSONValue)] {
        guard place.kind == .object else { return [] }
        var others: [(name: String, value: JSONValue)] = []
        var start = 0
        var child = index + 1
        while child < place.end {
            let steps = names.indices.first { step in
                outline.isKey(of: child, names[(start + step) % names.count])
            }
            if let steps {
                start = (start + steps + 1) % names.count
            } else {
                others.append((outline.key(of: child), JSONValue(outline: outline, index: child)))
            }
            child = outline.places[child].end
        }
        return others
    }

    /// The elements of an array; empty for other values.
    public var elements: [JSONValue] {
        place.kind == .array ? children : []
    }

    /// The number of elements of an array, recorded or not; 0 for other values.
    public var elementCount: Int {
        guard place.kind == .array else { return 0 }
        var count = Int(place.unrecorded)
        var child = index + 1
        while child < place.end {
            count += 1
            child = outline.places[child].end
        }
        return count
    }

    /// The number of recorded members of an object; 0 for other values.
    package var memberCount: Int { kind == .object ? children.count : 0 }

    /// A string without its escapes; `nil` for other values.
    public var string: String? {
        guard place.kind == .string else { return nil }
        return outline.string(place.value, hasEscapes: place.hasEscapes)
    }

    /// The bytes of a string without its escapes; empty for other values. Not copied if the string
    /// has no escapes, and is a part of a ``JSONText``.
    package var utf8: ArraySlice<UInt8> {
        guard place.kind == .string else { return [] }
        if place.hasEscapes { return Array((string ?? "").utf8)[...] }
        let range = Int(place.value.lowerBound)..<Int(place.value.upperBound)
        return switch outline.storage {
        case .bytes(let bytes): bytes[range]
        case .buffer: outline.bytes(place.value)[...]
        }
    }

    /// A number as it is written; empty for other values.
    package var digits: String {
        place.kind == .number ? outline.string(place.value, hasEscapes: false) : ""
    }

    /// The number of UTF-8 bytes of a string; 0 for other values.
    public var utf8Count: Int {
        guard place.kind == .string else { return 0 }
        return place.hasEscapes ? string?.utf8.count ?? 0 : place.value.count
    }

    /// A boolean; `nil` for other values.
    public var boolean: Bool? {
        guard place.kind == .boolean else { return nil }
        return place.value.count == 4
    }

    /// A number as an integer: fractions are rounded up, numbers out of range are clamped; `nil`
    /// for other values.
    public var integer: Int64? {
        guard place.kind == .number else { return nil }
        let digits = digits
        if let exact = Int64(digits) { return exact }
        return Int64(clampingCeiling: Double(digits) ?? 0)
    }

    /// A number as a double; `nil` for other values and for numbers out of the range of a double.
    public var double: Double? {
        guard place.kind == .number else { return nil }
        let double = Double(digits)
        return double.flatMap { $0.isFinite ? $0 : nil }
    }

    private var children: [JSONValue] {
        var children: [JSONValue] = []
        var child = index + 1
        while child < place.end {
            children.append(JSONValue(outline: outline, index: child))
            child = outline.places[child].end
        }
        return children
    }
}

extension JSONOutline {
    private func withBytes<Result>(
        _ range: Range<UInt32>, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let range = Int(range.lowerBound)..<Int(range.upperBound)
        return switch storage {
        case .buffer(let buffer):
            buffer.withUnsafeReadableBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .bytes(let bytes):
            bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
    }

    fileprivate func bytes(_ range: Range<UInt32>) -> [UInt8] { withBytes(range) { Array($0) } }

    fileprivate func string(_ range: Range<UInt32>, hasEscapes: Bool) -> String {
        withBytes(range) {
            hasEscapes ? String(unescapingJSON: $0) : String(decoding: $0, as: UTF8.self)
        }
    }

    fileprivate func key(of index: Int) -> String {
        string(places[index].key, hasEscapes: places[index].keyHasEscapes)
    }

    fileprivate func isKey(of index: Int, _ name: String) -> Bool {
        let place = places[index]
        // Not `==` of strings, which treats composed and decomposed characters as equal.
        if place.keyHasEscapes { return key(of: index).utf8.elementsEqual(name.utf8) }
        guard place.key.count == name.utf8.count else { return false }
        var name = name
        return withBytes(place.key) { key in
            name.withUTF8 { zip(key, $0).allSatisfy { $0 == $1 } }
        }
    }
}

extension Range<UInt32> {
    fileprivate var withQuotes: Range<UInt32> { lowerBound - 1..<upperBound + 1 }
}

extension Int64 {
    /// The smallest integer not below `value`, within the range of this type; 0 for NaN.
    public init(clampingCeiling value: Double) {
        let ceiling = value.rounded(.up)
        if let exact = Int64(exactly: ceiling) {
            self = exact
        } else {
            self = ceiling.isNaN ? 0 : ceiling < 0 ? .min : .max
        }
    }
}

extension String {
    /// Decodes the inside of a JSON string that a scanner has checked.
    init(unescapingJSON bytes: UnsafeRawBufferPointer) {
        var units: [UInt8] = []
        units.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == .backslash else {
                units.append(bytes[index])
                index += 1
                continue
            }
            let escape = bytes[index + 1]
            index += 2
            switch escape {
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(.lineFeed)
            case UInt8(ascii: "r"): units.append(.carriageReturn)
            case UInt8(ascii: "t"): units.append(.tab)
            case UInt8(ascii: "u"):
                var scalar = bytes.hexValue(at: index)
                index += 4
                if 0xD800...0xDBFF ~= scalar {
                    scalar =
                        0x10000 + (scalar - 0xD800) << 10 + (bytes.hexValue(at: index + 2) - 0xDC00)
                    index += 6
                }
                // The scanner has refused lone surrogates, so every value is a scalar.
                units.append(contentsOf: Character(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: units.append(escape)
            }
        }
        self.init(decoding: units, as: UTF8.self)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func hexValue(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 4 | UInt32(self[index + $1].hexDigitValue ?? 0) }
    }
}
