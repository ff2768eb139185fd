import JobsAPI
import Mustache

/// The description of the API for people: one page without scripts or external resources.
enum HTMLPage {
    /// - Throws: If the template of the page is invalid.
    static func text(_ info: APIInfo, _ operations: [Operation]) throws -> String {
        let groups = Operation.Group.allCases.compactMap { group -> [String: Any]? in
            let operations = operations.filter { $0.group == group }.map(\.shown)
            return operations.isEmpty ? nil : ["title": group.rawValue, "operations": operations]
        }
        let page: [String: Any] = [
            "title": info.title, "description": info.description, "version": info.version,
            "groups": groups, "failures": failures(of: operations),
            "schemas": SchemaTable.all.map(\.shown),
        ]
        return try MustacheTemplate(string: template).render(page)
    }

    /// The error answers of operations, each listed once for all of them.
    private static func failures(of operations: [Operation]) -> [[String: String]] {
        var texts: [Int: String] = [:]
        for answer in operations.flatMap(\.answers) where answer.status >= 400 {
            if texts[answer.status] == nil { texts[answer.status] = answer.text }
        }
        return texts.sorted { $0.key < $1.key }.map { ["status": "\($0.key)", "text": $0.value] }
    }
}

extension SchemaTable {
    fileprivate var shown: [String: Any] {
        [
            "name": name,
            "rows": rows.map { ["name": $0.name, "type": $0.type, "note": $0.note] },
        ]
    }
}

extension Operation {
    fileprivate var shown: [String: Any] {
        var shown: [String: Any] = [
            "name": name, "method": method.rawValue, "path": path, "summary": summary,
            "answers": answers.filter { $0.status < 400 }.map(\.shown),
        ]
        shown["scope"] = scope?.rawValue
        // A route that the configuration forbids answers nothing else.
        if !answers.contains(where: { $0.status < 400 }) {
            shown["answers"] = answers.prefix(1).map(\.shown)
        }
        if let arguments, !arguments.isEmpty {
            shown["body"] =
                [
                    "arguments": arguments.flatMap { $0.rows(in: "") },
                    "example": "curl $JOBS_URL\(path) -d '\(arguments.example.pretty())'",
                ] as [String: Any]
        }
        return shown
    }
}

extension Operation.Described {
    fileprivate var shown: [String: Any] {
        var shown: [String: Any] = ["status": "\(status)", "text": text]
        shown["schema"] = schemaName
        return shown
    }
}

extension Argument {
    /// The rows of the argument and of its members, if it has any.
    fileprivate func rows(in place: String) -> [[String: String]] {
        let name = place + name
        let row = [
            "name": name, "value": (isRequired ? "" : "optional ") + type.inWords,
            "note": note.text,
        ]
        switch type {
        case .object(let members): return [row] + members.flatMap { $0.rows(in: name + ".") }
        case .array(let members): return [row] + members.flatMap { $0.rows(in: name + "[].") }
        default: return [row]
        }
    }
}

extension ArgumentType {
    fileprivate var inWords: String {
        switch self {
        case .integer(.min ... .max): "number"
        case .integer(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .number(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .text(let limit): "string, up to \(limit) bytes of UTF-8"
        case .name(let limit): "string, up to \(limit) characters"
        case .choice(let names): "string, one of \(names.joined(separator: ", "))"
        case .date: "date"
        case .filter, .object: "object"
        case .array: "array, up to \(Command.maximumItems) items"
        case .strings: "array of strings, up to \(Command.maximumItems) items"
        case .any(let limit?): "anything, up to \(limit) bytes of JSON"
        case .any: "anything"
        default: name
        }
    }
}
