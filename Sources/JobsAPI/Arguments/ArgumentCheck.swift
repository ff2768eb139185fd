import JSON
import Jobs
import NIOCore

/// One way in which arguments break a command's declaration.
struct Violation: Sendable {
    enum Code: String, Sendable {
        case valueIsNull = "VALUE_IS_NULL"
        case typeMismatch = "TYPE_MISMATCH"
        case valueIsNotMap = "VALUE_ISNOT_MAP"
        case outOfRange = "VALUE_OUT_OF_RANGE"
        case unexpected = "UNEXPECTED_PROPERTY"
    }

    /// The path of the argument: `new_job.ref_id`.
    let path: String
    let code: Code
    let message: String
    let expected: String
    let actual: String?
}

/// A check of arguments against their declaration. It collects every violation, so that one answer
/// lists all mistakes.
struct ArgumentCheck {
    private(set) var violations: [Violation] = []
    /// Values of filters that have no effect because they cannot be read.
    private(set) var unread = SkippedMembers()

    /// - Parameter values: The object with the arguments; `nil` if there is none.
    mutating func check(_ values: JSONValue?, against arguments: [Argument], path: String = "") {
        for argument in arguments {
            check(values?[argument.name], against: argument, path: path)
        }
    }

    private mutating func check(_ value: JSONValue?, against argument: Argument, path: String) {
        guard let value, value.kind != .null else {
            if argument.isRequired {
                violate(
                    path + argument.name, .valueIsNull, "must not be null",
                    expected: "not null", actual: nil)
            }
            return
        }
        switch (argument.type, value.kind) {
        case (.string, .string), (.boolean, .boolean), (.any(nil), _): break
        case (.any(let limit?), _):
            limitSize(path + argument.name, value.text.bytes.count, to: limit)
        case (.name(let limit), .string):
            limitLength(path + argument.name, value.string ?? "", to: limit)
        case (.key(let limit), .string):
            limitLength(path + argument.name, value.string ?? "", to: limit)
            guard value.isEmptyString else { break }
            violate(
                path + argument.name, .outOfRange, "must not be empty", expected: "not empty",
                actual: "")
        case (.choice(let names), .string):
            checkChoice(path + argument.name, value.string ?? "", of: names)
        case (.number(let range), .number):
            guard let number = value.double, range.contains(number) else {
                let limits = "\(range.lowerBound) to \(range.upperBound)"
                violate(
                    path + argument.name, .outOfRange, "must be in \(limits)", expected: limits,
                    actual: value.text.description)
                break
            }
        case (.text(let limit), .string):
            limitText(path + argument.name, value.utf8Count, to: limit)
        case (.date, .string):
            if Timestamp(iso8601: value.string ?? "") == nil {
                violate(
                    path + argument.name, .typeMismatch, "must be a date", expected: "date",
                    actual: "string")
            }
        case (.filter(let isStrict), .object):
            checkFilter(value, isStrict: isStrict, path: path + argument.name)
        case (.object(let members), .object):
            check(value, against: members, path: path + argument.name + ".")
        case (.integer(let range), .number):
            if range == .min ... .max { break }
            guard let integer = value.integer, !range.contains(integer) else { break }
            let limits = "\(range.lowerBound) to \(range.upperBound)"
            violate(
                path + argument.name, .outOfRange, "must be in \(limits)", expected: limits,
                actual: "\(integer)")
        case (.array, .array): limitCount(path + argument.name, value.elementCount)
        case (.strings, .array):
            limitCount(path + argument.name, value.elementCount)
            checkElements(of: value, as: .string, path + argument.name)
        case (.texts(let range, let limit), .array):
            limitCount(path + argument.name, value.elementCount, to: range)
            checkElements(of: value, as: .text(upTo: limit), path + argument.name)
        case (.choices(let names), .array):
            limitCount(path + argument.name, value.elementCount)
            checkElements(of: value, as: .choice(names), path + argument.name)
        case (.filter, _), (.object, _):
            violate(path + argument.name, .valueIsNotMap, argument.type, value)
        default:
            violate(path + argument.name, .typeMismatch, argument.type, value)
        }
    }

    /// Checks the elements of an array like required arguments that have their numbers as names.
    private mutating func checkElements(of array: JSONValue, as type: ArgumentType, _ path: String)
    {
        for (index, element) in array.elements.enumerated() {
            // Null is no string, and not the same as a missing element.
            guard element.kind != .null else {
                violate("\(path).\(index)", .typeMismatch, type, element)
                continue
            }
            check(element, against: .required("\(index)", type), path: "\(path).")
        }
    }

    private mutating func checkFilter(_ filter: JSONValue, isStrict: Bool, path: String) {
        var isEmpty = true
        for (name, value) in filter.members where value.kind != .null {
            isEmpty = false
            guard let key = JobFilter.keys.first(where: { $0.name == name }) else { continue }
            if isStrict || key.type.isAlwaysChecked {
                check(value, against: key, path: path + ".")
                guard isStrict, !key.type.isAlwaysChecked, value.isEmptyString else { continue }
                violate(
                    "\(path).\(name)", .outOfRange, "must not be empty", expected: "not empty",
                    actual: "")
            } else {
                switch JobFilter.reads(value, as: name) {
                case .read: break
                case .unread: unread.append("\(path).\(name)")
                case .tooLong(let count, let limit): limitText("\(path).\(name)", count, to: limit)
                }
            }
        }
        guard isStrict, isEmpty else { return }
        violate(path, .outOfRange, "must have a condition", expected: "a condition", actual: nil)
    }

    private mutating func checkChoice(_ path: String, _ name: String, of names: [String]) {
        guard !names.contains(name) else { return }
        let expected = names.joined(separator: ", ")
        violate(
            path, .outOfRange, "must be one of \(expected)", expected: expected, actual: name)
    }

    private mutating func limitCount(
        _ path: String, _ count: Int, to range: ClosedRange<Int> = 0...Command.maximumItems
    ) {
        guard !range.contains(count) else { return }
        let isTooMany = count > range.upperBound
        let limit = isTooMany ? range.upperBound : range.lowerBound
        violate(
            path, .outOfRange,
            "must have at \(isTooMany ? "most" : "least") \(limit) item\(limit == 1 ? "" : "s")",
            expected: "\(limit)", actual: "\(count)")
    }

    private mutating func limitLength(_ path: String, _ text: String, to limit: Int) {
        let count = text.unicodeScalars.count
        guard count > limit else { return }
        violate(
            path, .outOfRange, "must have at most \(limit) characters", expected: "\(limit)",
            actual: "\(count)")
    }

    private mutating func limitSize(_ path: String, _ count: Int, to limit: Int) {
        guard count > limit else { return }
        violate(
            path, .outOfRange, "must have at most \(limit) bytes of JSON", expected: "\(limit)",
            actual: "\(count)")
    }

    private mutating func limitText(_ path: String, _ count: Int, to limit: Int) {
        guard count > limit else { return }
        violate(
            path, .outOfRange, "must have at most \(limit) bytes of UTF-8", expected: "\(limit)",
            actual: "\(count)")
    }

    private mutating func violate(
        _ path: String, _ code: Violation.Code, _ type: ArgumentType, _ value: JSONValue
    ) {
        violate(
            path, code, "type must be \(type.name) but found \(value.typeName)",
            expected: type.name, actual: value.typeName)
    }

    private mutating func violate(
        _ path: String, _ code: Violation.Code, _ message: String, expected: String, actual: String?
    ) {
        violations.append(
            Violation(
                path: path, code: code, message: "\(path) \(message)", expected: expected,
                actual: actual))
    }
}

extension ArgumentType {
    /// Whether a filter is refused that has an unreadable value of this type. The keys that the
    /// original services have too are of other types, and their unreadable values are ignored as
    /// there.
    var isAlwaysChecked: Bool {
        switch self {
        case .name, .choice: true
        default: false
        }
    }
}

extension JSONValue {
    fileprivate var isEmptyString: Bool { kind == .string && utf8Count == 0 }

    /// The name of the value's type in messages, the same as in the original services.
    var typeName: String {
        switch kind {
        case .object: "map"
        case .number: text.bytes.contains { ".eE".utf8.contains($0) } ? "double" : "long"
        default: kind.rawValue
        }
    }
}

extension [Violation] {
    /// The violations as JSON text, for programs that read error details.
    var jsonText: String {
        var json = JSONWriter(capacity: 256)
        json.beginArray()
        for violation in self {
            json.beginObject()
            json.key("path")
            json.string(violation.path)
            json.key("type")
            json.string("error")
            json.key("code")
            json.string(violation.code.rawValue)
            json.key("message")
            json.string(violation.message)
            json.key("expected")
            json.string(violation.expected)
            json.key("actual")
            if let actual = violation.actual { json.string(actual) } else { json.null() }
            json.endObject()
        }
        json.endArray()
        return String(buffer: json.buffer)
    }
}
