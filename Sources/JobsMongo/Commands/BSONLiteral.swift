import BSON

/// A BSON value written as a Swift literal, so that queries and pipelines read as they do in the
/// MongoDB manual: `["$lte": ["$available_at", "$$NOW"]]`. Members keep their order.
indirect enum BSONLiteral: BSONEncodable, Sendable {
    case value(any BSONEncodable & Sendable)
    case document([Member])
    case array([BSONLiteral])

    struct Member: Sendable {
        let key: String
        let value: BSONLiteral
    }

    static let null = BSONLiteral.value(BSONNull())

    var bsonType: BSONType {
        switch self {
        case .value(let value): value.bsonType
        case .document: .document
        case .array: .array
        }
    }

    func appendBSON(to bytes: inout [UInt8]) {
        switch self {
        case .value(let value):
            value.appendBSON(to: &bytes)
        case .document(let members):
            BSONDocument.append(to: &bytes) { $0.append(members) }
        case .array(let elements):
            BSONArray.append(to: &bytes) { array in
                for element in elements { array.append(element) }
            }
        }
    }

    /// The same value, encoded once and then copied, for parts that many commands have in common.
    static func encoded(_ literal: BSONLiteral) -> BSONLiteral { .value(Encoded(literal)) }

    private struct Encoded: BSONEncodable, Sendable {
        let bsonType: BSONType
        private let bytes: [UInt8]

        init(_ literal: BSONLiteral) {
            bsonType = literal.bsonType
            var bytes: [UInt8] = []
            literal.appendBSON(to: &bytes)
            self.bytes = bytes
        }

        func appendBSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: self.bytes) }
    }
}

extension BSONBuilder {
    fileprivate mutating func append(_ members: [BSONLiteral.Member]) {
        for member in members { append(BSONKey(stringLiteral: member.key), member.value) }
    }
}

extension BSONDocument {
    /// - Precondition: the literal is a document.
    init(_ literal: BSONLiteral) {
        guard case .document(let members) = literal else {
            preconditionFailure("a document must be a literal with members")
        }
        self.init { $0.append(members) }
    }
}

extension BSONLiteral: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    init(stringLiteral value: String) { self = .value(value) }
    init(integerLiteral value: Int32) { self = .value(value) }
    init(booleanLiteral value: Bool) { self = .value(value) }
    init(arrayLiteral elements: BSONLiteral...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, BSONLiteral)...) {
        self = .document(elements.map { Member(key: $0.0, value: $0.1) })
    }
}

extension BSONLiteral {
    static func string(_ text: String) -> BSONLiteral { .value(text) }
    static func int(_ number: Int64) -> BSONLiteral { .value(number) }

    /// A value that is never evaluated, even if a `$` would make it an expression.
    static func literal(_ value: any BSONEncodable & Sendable) -> BSONLiteral {
        ["$literal": .value(value)]
    }
}
