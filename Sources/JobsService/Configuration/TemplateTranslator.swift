/// Translates the template of a configuration file into mustache that inserts values without
/// escaping.
///
/// Existing files were written for three engines. Besides mustache they use the tags that
/// handlebars adds (`{{#if X}}`, `{{^if X}}`, `{{#unless X}}`, `{{else}}`) and a form that a
/// shipped file has although no engine supports it: `{{#^X}}..{{/^X}}`, which means
/// `{{^X}}..{{/X}}`. This service adds `{{#enabled X}}..{{/enabled}}`, which is also left out if X
/// is false, 0, no or off.
struct TemplateTranslator {
    private struct Block {
        /// The opening tag, for messages.
        var tag: String
        var line: Int
        /// The name that the closing tag must have.
        var closer: String
        var variable: String
        var isInverted: Bool
        var hasElse = false
    }

    private var scanner: TemplateScanner
    private var output = ""
    private var blocks: [Block] = []
    private var variables = TemplateVariables()

    static func translate(_ template: String) throws
        -> (mustache: String, variables: TemplateVariables)
    {
        var translator = TemplateTranslator(scanner: TemplateScanner(template))
        return (try translator.translate(), translator.variables)
    }

    /// The name of a value that is set if the variable is set and does not say no. It is not a
    /// valid name of an environment variable, so it cannot clash with one.
    static func enabled(_ variable: String) -> String { "enabled--\(variable)" }

    private init(scanner: TemplateScanner) {
        self.scanner = scanner
    }

    private mutating func translate() throws -> String {
        while let (text, tag) = try scanner.next() {
            output += text
            if let tag { try translate(tag) }
        }
        if let open = blocks.last {
            throw TemplateError(line: open.line, "\(open.tag) is never closed")
        }
        return output
    }

    private mutating func translate(_ tag: TemplateTag) throws {
        let (sigil, words) = tag.parts
        switch (sigil, words.count) {
        case ("!", _):
            output += "{{!}}"
        case ("#", 2) where words[0] == "if", ("^", 2) where words[0] == "unless":
            try open(tag, variable: words[1], isInverted: false, closer: words[0])
        case ("#", 2) where words[0] == "unless", ("^", 2) where words[0] == "if":
            try open(tag, variable: words[1], isInverted: true, closer: words[0])
        case ("#", 2) where words[0] == "enabled", ("^", 2) where words[0] == "enabled":
            try open(
                tag, variable: words[1], isInverted: sigil == "^", closer: words[0],
                translated: Self.enabled)
        case ("#", 1):
            try open(tag, variable: words[0], isInverted: false, closer: words[0])
        case ("^", 1), ("#^", 1):
            try open(tag, variable: words[0], isInverted: true, closer: words[0])
        case ("/", 1), ("/^", 1):
            try close(tag, words[0])
        case ("", 1) where words[0] == "else", ("^", 0):
            try alternate(tag)
        case ("", 1), ("&", 1), ("{", 1):
            let variable = try tag.variable(words[0])
            variables.names.insert(variable)
            output += "{{{\(variable)}}}"
        default:
            throw TemplateError(line: tag.line, "\(tag.text) is an unknown tag")
        }
    }

    private mutating func open(
        _ tag: TemplateTag, variable: String, isInverted: Bool, closer: String,
        translated: ((String) -> String)? = nil
    ) throws {
        var variable = try tag.variable(variable)
        variables.names.insert(variable)
        if let translated {
            variable = translated(variable)
        } else {
            variables.switches.insert(variable)
        }
        output += "{{\(isInverted ? "^" : "#")\(variable)}}"
        blocks.append(
            Block(
                tag: tag.text, line: tag.line, closer: closer, variable: variable,
                isInverted: isInverted))
    }

    private mutating func close(_ tag: TemplateTag, _ name: String) throws {
        guard let block = blocks.popLast() else {
            throw TemplateError(line: tag.line, "\(tag.text) closes nothing")
        }
        guard block.closer == name else {
            throw TemplateError(
                line: tag.line, "\(tag.text) does not close \(block.tag) of line \(block.line)")
        }
        output += "{{/\(block.variable)}}"
    }

    private mutating func alternate(_ tag: TemplateTag) throws {
        guard let block = blocks.last else {
            throw TemplateError(line: tag.line, "\(tag.text) is outside of a block")
        }
        guard !block.hasElse else {
            throw TemplateError(
                line: tag.line, "\(tag.text) is the second in \(block.tag) of line \(block.line)")
        }
        blocks[blocks.count - 1].hasElse = true
        // Mustache drops the line of a tag that is alone on it, but keeps a line with two tags.
        let separator = tag.isAlone ? "\n" : ""
        output +=
            "{{/\(block.variable)}}\(separator){{\(block.isInverted ? "#" : "^")\(block.variable)}}"
    }
}

/// A syntax error in a template, with its line, counted from 1.
struct TemplateError: Error, Equatable {
    var line: Int
    var message: String

    init(line: Int, _ message: String) {
        self.line = line
        self.message = message
    }
}
