import JSON
import Jobs

/// The declaration of an argument of a command, or of a member of one.
package struct Argument: Sendable {
    package let name: String
    package let type: ArgumentType
    package let isRequired: Bool
    package let note: Note

    /// - Parameter note: `nil` for the note of all arguments with the name.
    static func required(_ name: String, _ type: ArgumentType, _ note: Note? = nil) -> Argument {
        Argument(name: name, type: type, isRequired: true, note: note ?? .common(name))
    }

    /// - Parameter note: `nil` for the note of all arguments with the name.
    static func optional(_ name: String, _ type: ArgumentType, _ note: Note? = nil) -> Argument {
        Argument(name: name, type: type, isRequired: false, note: note ?? .common(name))
    }
}

extension Argument {
    /// A member of `new_job`, or another value that callers describe by its fields.
    init<Root>(_ field: WireField<Root>) {
        name = field.name
        type = ArgumentType(field.kind)
        isRequired = field.isRequired
        note = Note(field.note, example: Note.common(field.name).example)
    }

    /// A member of an object in a field.
    init(_ member: WireMember) {
        name = member.name
        type = ArgumentType(member.kind)
        isRequired = member.isRequired
        note = Note(member.note)
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
    /// A string that is not empty, of at most so many Unicode scalars.
    case key(upTo: Int)
    /// One of these strings.
    case choice([String])
    /// A string with a date in the format of ISO 8601.
    case date
    /// Any JSON number in the range. Fractions are rounded up, which clients of the original
    /// services rely on.
    case integer(ClosedRange<Int64> = .min ... .max)
    case number(ClosedRange<Double>)
    case boolean
    /// An object with the keys of a ``JobFilter``. If it is strict, it needs a condition, and
    /// unknown keys and values that cannot be read are refused.
    case filter(isStrict: Bool)
    case object([Argument])
    /// At most ``Command/maximumItems`` items, each an object with these members. Each item is
    /// checked on its own when it is carried out.
    case array([Argument])
    /// At most ``Command/maximumItems`` strings.
    case strings
    /// So many strings, each of at most so many bytes of UTF-8.
    case texts(ClosedRange<Int>, upTo: Int)
    /// At most ``Command/maximumItems`` strings, each one of these.
    case choices([String])
    /// Any JSON value, of at most so many bytes if that is limited.
    case any(upTo: Int? = nil)

    /// The name in messages.
    package var name: String {
        switch self {
        case .string, .text, .name, .key, .choice, .date: "string"
        case .integer: "integer"
        case .number: "double"
        case .boolean: "boolean"
        case .filter, .object: "map"
        case .array, .strings, .texts, .choices: "array"
        case .any: "any"
        }
    }

    /// Whether it is a filter that refuses what it does not understand.
    var isStrictFilter: Bool {
        if case .filter(isStrict: true) = self { true } else { false }
    }
}

extension ArgumentType {
    fileprivate init(_ kind: WireKind) {
        switch kind {
        case .text(let limit?): self = .text(upTo: limit)
        case .text(nil): self = .string
        case .name(let limit): self = .name(upTo: limit)
        case .choice(let names): self = .choice(names)
        case .date: self = .date
        case .integer(let range): self = .integer(range)
        case .number(let range): self = .number(range)
        case .boolean: self = .boolean
        case .json(let limit): self = .any(upTo: limit)
        case .object(let members): self = .object(members.map { Argument($0) })
        case .list, .integers: preconditionFailure("no argument is a list of these")
        }
    }

    /// The parts of a value that are needed.
    fileprivate var selection: JSONSelection {
        switch self {
        case .string, .text, .name, .key, .choice, .date, .integer, .number, .boolean, .any: .value
        case .filter: .members(JobFilter.fields.map { .init($0.name) })
        case .object(let members): .members(members.selection)
        case .array(let members):
            .elements(most: Command.maximumItems, .members(members.selection))
        case .strings, .choices: .elements(most: Command.maximumItems, .value)
        case .texts(let range, _): .elements(most: range.upperBound, .value)
        }
    }
}
