/// A type whose values can be BSON values.
public protocol BSONEncodable {
    var bsonType: BSONType { get }
    /// Appends the value in its BSON form, without type and key.
    func appendBSON(to bytes: inout [UInt8])
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension Bool: BSONEncodable {
    public var bsonType: BSONType { .bool }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension Int32: BSONEncodable {
    public var bsonType: BSONType { .int32 }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
}

extension Int64: BSONEncodable {
    public var bsonType: BSONType { .int64 }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.appendLittleEndian(self) }
}

/// Always a 64-bit integer.
extension Int: BSONEncodable {
    public var bsonType: BSONType { .int64 }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.appendLittleEndian(Int64(self)) }
}

extension Double: BSONEncodable {
    public var bsonType: BSONType { .double }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.appendLittleEndian(bitPattern) }
}

extension String: BSONEncodable {
    public var bsonType: BSONType { .string }

    public func appendBSON(to bytes: inout [UInt8]) {
        var text = self
        text.withUTF8 { utf8 in
            bytes.appendLittleEndian(Int32(utf8.count + 1))
            bytes.append(contentsOf: utf8)
        }
        bytes.append(0)
    }
}

/// A string as its bytes in UTF-8, which are not checked.
public struct BSONUTF8: BSONEncodable {
    private let bytes: ArraySlice<UInt8>

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    public var bsonType: BSONType { .string }

    public func appendBSON(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Int32(self.bytes.count + 1))
        bytes.append(contentsOf: self.bytes)
        bytes.append(0)
    }
}

extension BSONDate: BSONEncodable {
    public var bsonType: BSONType { .date }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.appendLittleEndian(milliseconds) }
}

extension BSONTimestamp: BSONEncodable {
    public var bsonType: BSONType { .timestamp }

    public func appendBSON(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(increment)
        bytes.appendLittleEndian(seconds)
    }
}

extension BSONObjectID: BSONEncodable {
    public var bsonType: BSONType { .objectID }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}

extension BSONBinary: BSONEncodable {
    public var bsonType: BSONType { .binary }

    public func appendBSON(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Int32(self.bytes.count))
        bytes.append(subtype)
        bytes.append(contentsOf: self.bytes)
    }
}

extension BSONNull: BSONEncodable {
    public var bsonType: BSONType { .null }
    public func appendBSON(to bytes: inout [UInt8]) {}
}

/// Null for nil.
extension Optional: BSONEncodable where Wrapped: BSONEncodable {
    public var bsonType: BSONType { self?.bsonType ?? .null }
    public func appendBSON(to bytes: inout [UInt8]) { self?.appendBSON(to: &bytes) }
}

extension BSONDocument: BSONEncodable {
    public var bsonType: BSONType { .document }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}

extension BSONArray: BSONEncodable {
    public var bsonType: BSONType { .array }
    public func appendBSON(to bytes: inout [UInt8]) { document.appendBSON(to: &bytes) }
}

/// A value of any type from another document, unchanged.
extension BSONValue: BSONEncodable {
    public var bsonType: BSONType { type }
    public func appendBSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
}
