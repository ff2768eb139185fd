import JSON
import Jobs
import Mongo
import NIOCore

extension JSONText {
    /// The JSON of a BSON value that is kept as `params`; nil for null.
    ///
    /// Values of ours become what they were made of. Types that JSON does not know, as an operator or
    /// another service may have written, become the strings that say the same.
    init?(_ value: BSONValue) {
        if value.isNull { return nil }
        var json = JSONWriter(capacity: value.bytes.count * 2)
        json.value(value)
        self.init(validated: Array(json.buffer.readableBytesView))
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ value: BSONValue) {
        switch value.type {
        case .double: number(value.double ?? 0)
        case .int32: integer(value.int32 ?? 0)
        case .int64: integer(value.int64 ?? 0)
        case .string: string(value.string ?? "")
        case .bool: boolean(value.bool ?? false)
        case .document:
            beginObject()
            for element in value.document ?? BSONDocument() {
                key(element.key)
                self.value(element.value)
            }
            endObject()
        case .array:
            beginArray()
            if let array = value.array { for element in array { self.value(element) } }
            endArray()
        case .date:
            date(value.date.map { Timestamp(milliseconds: $0.milliseconds) })
        case .objectID, .binary, .decimal128, .timestamp, .databasePointer:
            string(value.bytes.hexDigits)
        case .regularExpression, .code, .symbol, .codeWithScope:
            string(String(decoding: value.bytes.filter { $0 >= 0x20 }, as: UTF8.self))
        case .undefined, .null, .minimumKey, .maximumKey:
            null()
        }
    }

    /// A double in its shortest digits. Whole ones beyond 32 bits are written without a fraction: that
    /// is how drivers of languages with one number type keep integers.
    private mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if value == value.rounded(), (0x8000_0000...0x20_0000_0000_0000).contains(value.magnitude) {
            integer(Int64(value))
        } else {
            text(JSONText(validated: Array(value.description.utf8)))
        }
    }
}

extension ArraySlice<UInt8> {
    var hexDigits: String {
        String(
            decoding: flatMap { [UInt8.lowerHexDigit($0 >> 4), .lowerHexDigit($0 & 0xF)] },
            as: UTF8.self)
    }
}
