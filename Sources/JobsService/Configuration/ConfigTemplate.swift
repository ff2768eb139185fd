import Mustache

/// A configuration file before its variables are filled in.
struct ConfigTemplate {
    /// With line feeds only, and without a byte order mark.
    let text: String

    init(text: String) {
        // Editors and tools of other systems leave both.
        let marked = text.unicodeScalars.first == "\u{FEFF}"
        let unmarked = marked ? String(text.unicodeScalars.dropFirst()) : text
        self.text = unmarked.replacing("\r\n", with: "\n")
    }

    /// Whether the name of a variable occurs anywhere in the text.
    func mentions(_ variable: String) -> Bool {
        text.contains(variable)
    }

    /// Fills in `values` as they are, without escaping anything. A variable that is not set, or is
    /// empty, renders as nothing and counts as false; every other value is true, also "false", but
    /// not where a block asks whether it is `enabled`.
    /// - Throws: ``TemplateError``
    /// - Parameter shown: what to fill in in the place of the values, by the names; nil: they themselves.
    func render(_ values: [String: String], as shown: [String: String]? = nil) throws -> String {
        let mustache = try TemplateTranslator.translate(text).mustache
        var set = (shown ?? values).filter { !$0.value.isEmpty }
        for (name, value) in values where set[name] != nil && !value.saysNo {
            set[TemplateTranslator.enabled(name)] = "true"
        }
        do {
            return try MustacheTemplate(string: mustache).render(set)
        } catch let error as MustacheTemplate.ParserError {
            throw TemplateError(line: error.context.lineNumber, "\(error.error)")
        }
    }

    /// The variables that it looks at.
    /// - Throws: ``TemplateError``
    func variables() throws -> TemplateVariables {
        try TemplateTranslator.translate(text).variables
    }
}

/// What a template does with variables.
struct TemplateVariables {
    /// All of them.
    var names: Set<String> = []
    /// Those that decide by being set, to whatever, whether a block is there.
    var switches: Set<String> = []
}

extension String {
    /// Whether this means no to people.
    var saysNo: Bool { ["false", "0", "no", "off"].contains(trimmingBlanks.lowercased()) }
}
