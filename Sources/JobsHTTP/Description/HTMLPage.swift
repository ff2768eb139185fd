import HTTPTypes

/// The description of the API for people: one page, without scripts or anything from elsewhere.
struct HTMLPage {
    private(set) var text = ""

    init(_ info: APIInfo, _ operations: [Operation]) {
        text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(info.title.inHTML)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(info.title.inHTML)</h1>
            <p>\(info.description.inHTML)</p>
            <p>Programs read <a href="/openapi.json">openapi.json</a>.</p>

            """
        for group in Operation.Group.allCases {
            let operations = operations.filter { $0.group == group }
            guard !operations.isEmpty else { continue }
            text += "<h2>\(group.rawValue)</h2>\n"
            for operation in operations { add(operation) }
        }
        text += "</body>\n</html>\n"
    }

    private mutating func add(_ operation: Operation) {
        let name = operation.name.inHTML
        text += """
            <section id="\(name)">
            <h3><a href="#\(name)">\(operation.method.rawValue)</a> \(operation.path.inHTML)</h3>
            <p>\(operation.summary.inHTML)</p>

            """
        if let scope = operation.scope {
            text += "<p>Needs the scope <code>\(scope.rawValue)</code>.</p>\n"
        }
        if let arguments = operation.arguments, !arguments.isEmpty {
            table("argument", "value", "") {
                for argument in arguments { $0.add(argument, in: "") }
            }
            text += "<pre>\(arguments.example.pretty().inHTML)</pre>\n"
        }
        table("status", "answer") {
            for answer in operation.answers { $0.row("\(answer.status)", answer.text.inHTML) }
        }
        text += "</section>\n"
    }

    private mutating func add(_ argument: Argument, in place: String) {
        let name = place + argument.name
        let needed = argument.isRequired ? "" : "optional "
        row(
            "<code>\(name.inHTML)</code>", needed + argument.type.inWords, argument.note.text.inHTML
        )
        switch argument.type {
        case .object(let members): for member in members { add(member, in: name + ".") }
        case .array(let members): for member in members { add(member, in: name + "[].") }
        default: break
        }
    }

    private mutating func table(_ heads: String..., rows: (inout HTMLPage) -> Void) {
        text += "<table>\n<tr>\(heads.map { "<th>\($0)</th>" }.joined())</tr>\n"
        rows(&self)
        text += "</table>\n"
    }

    private mutating func row(_ cells: String...) {
        text += "<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>\n"
    }

    private static let style = """
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
        """
}

extension ArgumentType {
    fileprivate var inWords: String {
        switch self {
        case .integer(.min ... .max): "number"
        case .integer(let range): "number, \(range.lowerBound) to \(range.upperBound)"
        case .text(let limit): "string, up to \(limit) bytes of UTF-8"
        case .filter, .object: "object"
        case .array: "array, up to \(Command.maximumItems) items"
        case .any: "anything"
        default: name
        }
    }
}

extension String {
    fileprivate var inHTML: String {
        reduce(into: "") { text, character in
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(character)
            }
        }
    }
}
