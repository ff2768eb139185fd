/// Finds variables that are probably mistakes: misspelled names, and values that say no but count
/// as yes.
enum VariableWarnings {
    /// - Parameters:
    ///   - known: The variables that the template uses.
    ///   - values: All variables that are set, which includes the whole environment.
    static func find(_ known: TemplateVariables, _ values: [String: String]) -> [String] {
        let set = values.filter { !$0.value.isEmpty }
        let unknown = set.filter { isMistake($0.key, $0.value, known.names) }.keys.sorted()
            .map { name in
                let nearest = nearest(to: name, known.names)
                return
                    "\(name) is set, but the file does not use it; the closest name in the file is \(nearest)"
            }
        let no = set.filter { known.switches.contains($0.key) && $0.value.saysNo }.keys.sorted()
            .map { "\($0) says no, but counts as yes in this file because it is set" }
        return unknown + no
    }

    /// Whether the file does not use a variable but uses others with the same first word.
    private static func isMistake(_ name: String, _ value: String, _ known: Set<String>) -> Bool {
        guard !known.contains(name), !known.isEmpty else { return false }
        let upper = name.uppercased()
        // Variables that the images of the older service, container links, Kubernetes, proxies and
        // the images of MongoDB set are not mistakes.
        guard upper != "HTTP_ENABLED", !upper.hasPrefix("HTTP_PROXY"),
            !upper.hasPrefix("MONGO_INITDB_"), !upper.contains("_PORT_"), !upper.contains("_ENV_"),
            !value.hasPrefix("tcp://")
        else { return false }
        return known.contains { firstWord($0) == firstWord(upper) }
    }

    private static func firstWord(_ name: String) -> Substring? {
        guard let end = name.firstIndex(of: "_") else { return nil }
        return name[..<end]
    }

    private static func nearest(to name: String, _ known: Set<String>) -> String {
        let upper = name.uppercased()
        let near = known.sorted().filter { firstWord($0) == firstWord(upper) }
        return EditDistance.nearest(to: upper, in: near) ?? ""
    }
}
