/// An argument of a command, or a member of one, as the wire declares it.
struct Argument: Sendable {
    let name: String
    let type: ArgumentType
    let isRequired: Bool

    static func required(_ name: String, _ type: ArgumentType) -> Argument {
        Argument(name: name, type: type, isRequired: true)
    }

    static func optional(_ name: String, _ type: ArgumentType) -> Argument {
        Argument(name: name, type: type, isRequired: false)
    }
}

/// What values an argument takes.
indirect enum ArgumentType: Sendable {
    case string
    /// Any JSON number in the range; fractions are rounded up (as the originals' clients rely on).
    case integer(ClosedRange<Int64> = .min ... .max)
    case boolean
    /// An object with members of the caller's own.
    case map
    case object([Argument])
    /// At most ``Command/maximumItems`` items, each an object with these members. The items are checked
    /// one by one when they are carried out.
    case array([Argument])
    /// Any JSON value at all.
    case any

    /// The name that messages use.
    var name: String {
        switch self {
        case .string: "string"
        case .integer: "integer"
        case .boolean: "boolean"
        case .map, .object: "map"
        case .array: "array"
        case .any: "any"
        }
    }
}
