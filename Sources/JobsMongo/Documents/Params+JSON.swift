import BSON
internal import Foundation
import JSON
import Jobs
import Mongo
import NIOCore

extension JSONText {
    /// Creates the JSON of a BSON value that is stored as `params`; `nil` for null.
    ///
    /// A value that this service has stored becomes the original JSON. A type that JSON lacks,
    /// which an operator or another service may have written, is converted as in the older service
    /// in Node: binary data becomes base64, and dates become ISO 8601 strings.
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
                key(text: element.key)
                self.value(element.value)
            }
            endObject()
        case .array:
            beginArray()
            if let array = value.array { for element in array { self.value(element) } }
            endArray()
        case .date:
            date(value.date.map { Timestamp(milliseconds: $0.milliseconds) })
        case .decimal128: decimal(value.decimalText)
        case .binary: string(Data(value.binary?.bytes ?? []).base64EncodedString())
        case .timestamp:
            date(value.timestamp.map { Timestamp(milliseconds: Int64($0.seconds) * 1000) })
        case .objectID, .databasePointer: string(value.bytes.suffix(12).hexDigits)
        case .regularExpression:
            // The pattern and the options, each followed by a zero byte.
            let parts = value.bytes.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            string("/\(parts[0])/\(parts.dropFirst().first ?? "")")
        case .code, .symbol: text(value.bytes)
        case .codeWithScope: text(value.bytes.dropFirst(4))
        case .undefined, .null, .minimumKey, .maximumKey:
            null()
        }
    }

    /// A BSON string: its length, the text, and a zero byte.
    private mutating func text(_ bytes: ArraySlice<UInt8>) {
        string(String(decoding: bytes.dropFirst(4).prefix { $0 != 0 }, as: UTF8.self))
    }

    private mutating func decimal(_ digits: String?) {
        guard let digits else { return null() }
        text(JSONText(validated: Array(digits.utf8)))
    }

    /// Writes a double with the fewest digits. Whole numbers beyond 32 bits have no fraction, since
    /// drivers of languages with one number type store integers in this way.
    private mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if value == value.rounded(), (0x8000_0000...0x20_0000_0000_0000).contains(value.magnitude) {
            integer(Int64(value))
        } else {
            text(JSONText(validated: Array(value.description.utf8)))
        }
    }
}
