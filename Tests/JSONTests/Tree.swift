import Foundation
import JSON

/// A JSON value as one says what it is, whoever read it.
enum Tree: Equatable {
    case null
    case boolean(Bool)
    case number(Number)
    /// The bytes, because `==` of strings holds different ones for the same.
    case string([UInt8])
    case array([Tree])
    /// Of members whose keys are equal strings the last one.
    case object([String: Tree])

    init(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .boolean: self = .boolean(value.boolean ?? false)
        case .number:
            let text = value.text.description
            self = .number(Number(double: Double(text) ?? .nan, exact: Int64(text)))
        case .string: self = .string(Array((value.string ?? "").utf8))
        case .array: self = .array(value.elements.map(Tree.init))
        case .object:
            var members: [String: Tree] = [:]
            for (name, member) in value.members { members[name] = Tree(member) }
            self = .object(members)
        }
    }

    /// - Parameter object: what `JSONSerialization` made of a text.
    init(foundation object: Any) {
        // Casts of containers to classes would convert all that they hold, so those come last.
        switch object {
        case let members as [String: Any]:
            self = .object(members.mapValues(Tree.init(foundation:)))
        case let array as [Any]: self = .array(array.map(Tree.init(foundation:)))
        case let string as String: self = .string(Array(string.utf8))
        case is NSNull: self = .null
        case let number as NSNumber where String(cString: number.objCType) == "c":
            self = .boolean(number.boolValue)
        case let number as NSNumber:
            self = .number(Number(double: number.doubleValue, exact: Int64(number.stringValue)))
        default: preconditionFailure("JSONSerialization made a \(type(of: object))")
        }
    }
}

extension Tree {
    struct Number: Equatable {
        var double: Double
        /// The value, where it is written as an integer of 64 bits.
        var exact: Int64?

        /// Integers have to be the same. Of others Foundation loses the last few bits.
        static func == (left: Number, right: Number) -> Bool {
            if let left = left.exact, let right = right.exact { return left == right }
            return abs(left.double - right.double) <= 1e-14 * abs(left.double)
        }
    }

    /// Whether there is a number in it that is beyond the range of doubles.
    var hasHugeNumber: Bool {
        switch self {
        case .number(let number): number.double.isInfinite
        case .array(let elements): elements.contains(where: \.hasHugeNumber)
        case .object(let members): members.values.contains(where: \.hasHugeNumber)
        default: false
        }
    }
}
