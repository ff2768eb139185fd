import Mustache

/// A configuration file before its variables are filled in.
struct ConfigTemplate {
    var text: String

    /// Whether the name of a variable occurs anywhere in the text.
    func mentions(_ variable: String) -> Bool {
        text.contains(variable)
    }

    /// Fills in `values` as they are, without escaping anything. A variable that is not set, or is
    /// empty, renders as nothing and counts as false; every other value is true, also "false".
    /// - Throws: ``TemplateError``
    func render(_ values: [String: String]) throws -> String {
        let mustache = try TemplateTranslator.mustache(from: text)
        do {
            return try MustacheTemplate(string: mustache).render(
                values.filter { !$0.value.isEmpty })
        } catch let error as MustacheTemplate.ParserError {
            throw TemplateError(line: error.context.lineNumber, "\(error.error)")
        }
    }
}
