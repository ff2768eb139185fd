import JSON
import Jobs

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

extension Argument {
    /// A member of `new_job`.
    init(_ field: WireField<NewJob>) {
        name = field.name
        type = ArgumentType(field.kind)
        isRequired = field.isRequired
    }
}

extension [Argument] {
    /// The members with these names, and what is needed of their values.
    var selection: [JSONSelection.Member] { map { .init($0.name, $0.type.selection) } }
}

/// What values an argument takes.
indirect enum ArgumentType: Sendable {
    case string
    /// A string of at most so many bytes of UTF-8.
    case text(upTo: Int)
    /// Any JSON number in the range; fractions are rounded up (as the originals' clients rely on).
    case integer(ClosedRange<Int64> = .min ... .max)
    case boolean
    /// An object with the keys of a ``JobFilter``.
    case filter
    case object([Argument])
    /// At most ``Command/maximumItems`` items, each an object with these members. The items are checked
    /// one by one when they are carried out.
    case array([Argument])
    /// Any JSON value at all.
    case any

    /// The name that messages use.
    var name: String {
        switch self {
        case .string, .text: "string"
        case .integer: "integer"
        case .boolean: "boolean"
        case .filter, .object: "map"
        case .array: "array"
        case .any: "any"
        }
    }
}

extension ArgumentType {
    fileprivate init(_ kind: WireKind) {
        switch kind {
        case .text(let limit?): self = .text(upTo: limit)
        case .text(nil): self = .string
        case .integer(let range): self = .integer(range)
        case .boolean: self = .boolean
        case .json: self = .any
        case .date: preconditionFailure("no argument is a date: its text would have to be checked")
        }
    }

    /// What is needed of a value.
    fileprivate var selection: JSONSelection {
        switch self {
        case .string, .text, .integer, .boolean, .any: .value
        case .filter: .members(JobFilter.fields.map { .init($0.name) })
        case .object(let members): .members(members.selection)
        case .array(let members):
            .elements(most: Command.maximumItems, .members(members.selection))
        }
    }
}
