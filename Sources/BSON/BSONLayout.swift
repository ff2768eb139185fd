/// Finds keys and values in untrusted BSON bytes.
///
/// All reading goes through here. Every offset is compared with the end of the range before a byte
/// is read, and no arithmetic can overflow: lengths are 32 bits wide, offsets 64.
struct BSONLayout {
    let bytes: UnsafeRawBufferPointer

    func int32(at offset: Int) -> Int32 {
        Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
    }

    func int64(at offset: Int) -> Int64 {
        Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
    }

    /// The offset of the zero byte that ends a key, or nil if there is none before `end`.
    func endOfKey(from start: Int, before end: Int) -> Int? {
        var offset = start
        while offset < end {
            if bytes[offset] == 0 { return offset }
            offset += 1
        }
        return nil
    }

    /// The size of a value in bytes, or nil if it does not fit before `end` or its framing is
    /// broken. Does not look inside documents and arrays.
    func length(of type: BSONType, at offset: Int, before end: Int) -> Int? {
        let length: Int
        switch type {
        case .undefined, .null, .minimumKey, .maximumKey:
            length = 0
        case .bool:
            guard end > offset, bytes[offset] <= 1 else { return nil }
            length = 1
        case .int32:
            length = 4
        case .double, .date, .timestamp, .int64:
            length = 8
        case .objectID:
            length = 12
        case .decimal128:
            length = 16
        case .string, .code, .symbol:
            return lengthOfString(at: offset, before: end)
        case .databasePointer:
            guard let string = lengthOfString(at: offset, before: end) else { return nil }
            length = string + 12
        case .document, .array:
            return lengthOfDocument(at: offset, before: end)
        case .binary:
            guard let counted = prefix(at: offset, before: end), counted >= 0 else { return nil }
            length = 5 + counted
        case .regularExpression:
            guard let pattern = endOfKey(from: offset, before: end),
                let options = endOfKey(from: pattern + 1, before: end)
            else { return nil }
            length = options + 1 - offset
        case .codeWithScope:
            guard let counted = prefix(at: offset, before: end), counted >= 14,
                counted <= end - offset,
                let code = lengthOfString(at: offset + 4, before: offset + counted),
                let scope = lengthOfDocument(at: offset + 4 + code, before: offset + counted),
                4 + code + scope == counted
            else { return nil }
            length = counted
        }
        return length <= end - offset ? length : nil
    }

    private func prefix(at offset: Int, before end: Int) -> Int? {
        end - offset >= 4 ? Int(int32(at: offset)) : nil
    }

    private func lengthOfString(at offset: Int, before end: Int) -> Int? {
        guard let counted = prefix(at: offset, before: end), counted >= 1,
            counted <= end - offset - 4, bytes[offset + 3 + counted] == 0
        else { return nil }
        return 4 + counted
    }

    private func lengthOfDocument(at offset: Int, before end: Int) -> Int? {
        guard let counted = prefix(at: offset, before: end), counted >= 5,
            counted <= end - offset, bytes[offset + counted - 1] == 0
        else { return nil }
        return counted
    }

    /// The first error in a document or anything nested in it; nil if it is valid.
    func fault(in range: Range<Int>, depth: Int) -> BSONError? {
        guard depth > 0 else { return .tooDeep }
        guard lengthOfDocument(at: range.lowerBound, before: range.upperBound) == range.count else {
            return .malformed(offset: range.lowerBound)
        }
        let end = range.upperBound - 1
        var offset = range.lowerBound + 4
        while offset < end {
            guard let type = BSONType(rawValue: bytes[offset]),
                let endOfKey = endOfKey(from: offset + 1, before: end),
                let length = length(of: type, at: endOfKey + 1, before: end)
            else { return .malformed(offset: offset) }
            let value = endOfKey + 1
            let nested: Range<Int>? =
                switch type {
                case .document, .array: value..<value + length
                case .codeWithScope: value + 8 + Int(int32(at: value + 4))..<value + length
                default: nil
                }
            if let nested, let fault = fault(in: nested, depth: depth - 1) { return fault }
            offset = value + length
        }
        return nil
    }
}
