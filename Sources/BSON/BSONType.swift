/// The type byte of a BSON element.
public enum BSONType: UInt8, Sendable {
    case double = 0x01
    case string = 0x02
    case document = 0x03
    case array = 0x04
    case binary = 0x05
    case undefined = 0x06
    case objectID = 0x07
    case bool = 0x08
    case date = 0x09
    case null = 0x0A
    case regularExpression = 0x0B
    case databasePointer = 0x0C
    case code = 0x0D
    case symbol = 0x0E
    case codeWithScope = 0x0F
    case int32 = 0x10
    case timestamp = 0x11
    case int64 = 0x12
    case decimal128 = 0x13
    case maximumKey = 0x7F
    case minimumKey = 0xFF
}

/// Why bytes are not a BSON document.
public enum BSONError: Error, Equatable {
    /// A length, a terminator or a type at this offset is invalid.
    case malformed(offset: Int)
    /// Documents and arrays are nested deeper than the limit.
    case tooDeep
}

/// Milliseconds since 1970, UTC; negative before that.
public struct BSONDate: Sendable, Hashable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }
}

/// A position in a replica set's oplog: seconds since 1970, and the operation within that second.
public struct BSONTimestamp: Sendable, Hashable {
    public var seconds: UInt32
    public var increment: UInt32

    public init(seconds: UInt32, increment: UInt32) {
        self.seconds = seconds
        self.increment = increment
    }
}

/// The id that drivers assign to documents without one.
public struct BSONObjectID: Sendable, Hashable {
    /// Twelve bytes.
    public let bytes: [UInt8]

    /// - Parameter bytes: the result is `nil` unless there are twelve.
    public init?(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 12 else { return nil }
    }
}

public struct BSONBinary: Sendable, Hashable {
    /// The meaning of the bytes: 0 generic, 4 a UUID, 128 and above defined by the application.
    public var subtype: UInt8
    public var bytes: [UInt8]

    public init(subtype: UInt8 = 0, bytes: [UInt8]) {
        self.subtype = subtype
        self.bytes = bytes
    }
}

public struct BSONNull: Sendable, Hashable {
    public init() {}
}
