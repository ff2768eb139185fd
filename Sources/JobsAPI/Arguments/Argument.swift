import JSON
import Jobs

/// The declaration of an argument of a command, or of a member of one.
package struct Argument: Sendable {
    package let name: String
    package let type: ArgumentType
    package let isRequired: Bool

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

    /// A member of an object in `new_job`.
    init(_ member: WireMember) {
        name = member.name
        type = ArgumentType(member.kind)
        isRequired = false
    }
}

extension [Argument] {
    /// The members with these names, and the parts of their values that are needed.
    var selection: [JSONSelection.Member] { map { .init($0.name, $0.type.selection) } }
}

/// The values that an argument accepts.
package indirect enum ArgumentType: Sendable {
    case string
    /// A string of at most so many bytes of UTF-8.
    case text(upTo: Int)
    /// A string of at most so many Unicode scalars.
    case name(upTo: Int)
    /// One of these strings.
    case choice([String])
    /// Any JSON number in the range. Fractions are rounded up, which clients of the original services
    /// rely on.
    case integer(ClosedRange<Int64> = .min ... .max)
    case number(ClosedRange<Double>)
    case boolean
    /// An object with the keys of a ``JobFilter``.
    case filter
    case object([Argument])
    /// At most ``Command/maximumItems`` items, each an object with these members. Each item is checked on
    /// its own when it is carried out.
    case array([Argument])
    /// At most ``Command/maximumItems`` strings.
    case strings
    /// Any JSON value, of at most so many bytes if that is limited.
    case any(upTo: Int? = nil)

    /// The name in messages.
    package var name: String {
        switch self {
        case .string, .text, .name, .choice: "string"
        case .integer: "integer"
        case .number: "double"
        case .boolean: "boolean"
        case .filter, .object: "map"
        case .array, .strings: "array"
        case .any: "any"
        }
    }
}

extension ArgumentType {
    fileprivate init(_ kind: WireKind) {
        switch kind {
        case .text(let limit?): self = .text(upTo: limit)
        case .text(nil): self = .string
        case .name(let limit): self = .name(upTo: limit)
        case .choice(let names): self = .choice(names)
        case .integer(let range): self = .integer(range)
        case .number(let range): self = .number(range)
        case .boolean: self = .boolean
        case .json(let limit): self = .any(upTo: limit)
        case .object(let members): self = .object(members.map { Argument($0) })
        case .list: preconditionFailure("no argument is a list of objects")
        case .date: preconditionFailure("no argument is a date: its text would have to be checked")
        }
    }

    /// The parts of a value that are needed.
    fileprivate var selection: JSONSelection {
        switch self {
        case .string, .text, .name, .choice, .integer, .number, .boolean, .any: .value
        case .filter: .members(JobFilter.fields.map { .init($0.name) })
        case .object(let members): .members(members.selection)
        case .array(let members):
            .elements(most: Command.maximumItems, .members(members.selection))
        case .strings: .elements(most: Command.maximumItems, .value)
        }
    }
}
