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
            BSONDocument(members).appendBSON(to: &bytes)
        case .array(let elements):
            // An array is a document with numbers for keys; the type is written by the parent.
            let numbered = elements.enumerated().map { Member(key: "\($0)", value: $1) }
            BSONDocument(numbered).appendBSON(to: &bytes)
        }
    }
}

extension BSONDocument {
    fileprivate init(_ members: [BSONLiteral.Member]) {
        self.init { document in
            for member in members {
                document.append(BSONKey(stringLiteral: member.key), member.value)
            }
        }
    }

    /// - Precondition: the literal is a document.
    init(_ literal: BSONLiteral) {
        guard case .document(let members) = literal else {
            preconditionFailure("a document is made of members")
        }
        self.init(members)
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

    /// A text that is a value wherever it stands, also where `$` would make it an expression.
    static func literal(_ value: any BSONEncodable & Sendable) -> BSONLiteral {
        ["$literal": .value(value)]
    }
}
