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
            "title": info.title, "description": info.description, "groups": groups,
        ]
        return try MustacheTemplate(string: template).render(page)
    }

    private static let template = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{{title}}</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; \
        padding: 0 1rem; color: #222; background: #fff }
        h2 { margin-top: 3rem; border-bottom: 1px solid #ccc }
        h3 { margin: 2rem 0 0; font: bold 1rem ui-monospace, monospace }
        a { color: #0645ad; text-decoration: none }
        table { border-collapse: collapse; margin: .75rem 0; width: 100%; font-size: .9rem }
        th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; \
        border-top: 1px solid #eee }
        th { font-weight: normal; color: #777 }
        td:first-child { white-space: nowrap }
        pre { background: #f5f5f5; padding: .75rem; overflow-x: auto; font-size: .85rem }
        </style>
        </head>
        <body>
        <h1>{{title}}</h1>
        <p>{{description}}</p>
        <p>Programs read <a href="/openapi.json">openapi.json</a>.</p>
        {{#groups}}
        <h2>{{title}}</h2>
        {{#operations}}
        <section id="{{name}}">
        <h3><a href="#{{name}}">{{method}}</a> {{path}}</h3>
        <p>{{summary}}</p>
        {{#scope}}
        <p>Needs the scope <code>{{.}}</code>.</p>
        {{/scope}}
        {{#body}}
        <table>
        <tr><th>argument</th><th>value</th><th></th></tr>
        {{#arguments}}
        <tr><td><code>{{name}}</code></td><td>{{value}}</td><td>{{note}}</td></tr>
        {{/arguments}}
        </table>
        <pre>{{example}}</pre>
        {{/body}}
        <table>
        <tr><th>status</th><th>answer</th></tr>
        {{#answers}}
        <tr><td>{{status}}</td><td>{{text}}</td></tr>
        {{/answers}}
        </table>
        </section>
        {{/operations}}
        {{/groups}}
        </body>
        </html>

        """
}

extension Operation {
    fileprivate var shown: [String: Any] {
        var shown: [String: Any] = [
            "name": name, "method": method.rawValue, "path": path, "summary": summary,
            "answers": answers.map { ["status": "\($0.status)", "text": $0.text] },
        ]
        shown["scope"] = scope?.rawValue
        if let arguments, !arguments.isEmpty {
            shown["body"] =
                [
                    "arguments": arguments.flatMap { $0.rows(in: "") },
                    "example": arguments.example.pretty(),
                ] as [String: Any]
        }
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
