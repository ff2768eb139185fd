import Foundation
import JSON

/// A JSON value independent of its parser.
enum Tree: Equatable {
    case null
    case boolean(Bool)
    case number(Number)
    /// The bytes, because `==` of strings treats some different ones as equal.
    case string([UInt8])
    case array([Tree])
    /// The last one of members whose keys are equal strings.
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

    /// - Parameter object: the result of `JSONSerialization`.
    init(foundation object: Any) {
        // Casting a container to a class would convert all its contents, so those come last.
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
        /// The value, if it is written as a 64-bit integer.
        var exact: Int64?

        /// Integers must be equal. Of other numbers Foundation loses the last few bits.
        static func == (left: Number, right: Number) -> Bool {
            if let left = left.exact, let right = right.exact { return left == right }
            return abs(left.double - right.double) <= 1e-14 * abs(left.double)
        }
    }

    /// Whether it contains a number beyond the range of doubles.
    var hasHugeNumber: Bool {
        switch self {
        case .number(let number): number.double.isInfinite
        case .array(let elements): elements.contains(where: \.hasHugeNumber)
        case .object(let members): members.values.contains(where: \.hasHugeNumber)
        default: false
        }
    }
}
