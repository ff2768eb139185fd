import Mustache

/// A configuration file before its variables are filled in.
struct ConfigTemplate {
    /// The template with line feeds as its only line ends, and without a byte order mark.
    let text: String

    init(text: String) {
        // Editors and tools of other systems write both.
        let marked = text.unicodeScalars.first == "\u{FEFF}"
        let unmarked = marked ? String(text.unicodeScalars.dropFirst()) : text
        self.text = unmarked.replacing("\r\n", with: "\n")
    }

    /// Whether the name of a variable occurs anywhere in the text.
    func mentions(_ variable: String) -> Bool {
        text.contains(variable)
    }

    /// Fills in `values` without escaping anything. A variable that is not set or is empty renders
    /// as an empty text and counts as false. Every other value counts as true, even "false", except
    /// in `enabled` blocks.
    /// - Throws: ``TemplateError``
    /// - Parameter shown: The texts to insert instead of the values, by the names of the variables;
    ///   `nil` inserts the values.
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

    /// The variables that the template uses.
    /// - Throws: ``TemplateError``
    func variables() throws -> TemplateVariables {
        try TemplateTranslator.translate(text).variables
    }
}

/// The variables that a template uses.
struct TemplateVariables {
    /// The names of all variables.
    var names: Set<String> = []
    /// The variables that enable a block if they are set to any value.
    var switches: Set<String> = []
}

extension String {
    /// Whether people read this text as "no".
    var saysNo: Bool { ["false", "0", "no", "off"].contains(trimmingBlanks.lowercased()) }
}
