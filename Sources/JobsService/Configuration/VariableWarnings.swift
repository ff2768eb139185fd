/// What is odd about the variables that a configuration file is filled in with.
enum VariableWarnings {
    /// - Parameters:
    ///   - known: what the template looks at.
    ///   - values: all that is set, the whole environment among it.
    static func find(_ known: TemplateVariables, _ values: [String: String]) -> [String] {
        let set = values.filter { !$0.value.isEmpty }
        let unknown = set.filter { isMistake($0.key, $0.value, known.names) }.keys.sorted()
            .map { name in
                let nearest = nearest(to: name, known.names)
                return
                    "\(name) is set, but the file does not use it; the nearest that it uses is \(nearest)"
            }
        let no = set.filter { known.switches.contains($0.key) && $0.value.saysNo }.keys.sorted()
            .map { "\($0) is set, and so counts as yes in this file, although it says no" }
        return unknown + no
    }

    /// Whether a variable begins like one that the file looks at, and is none.
    private static func isMistake(_ name: String, _ value: String, _ known: Set<String>) -> Bool {
        guard !known.contains(name), !known.isEmpty else { return false }
        let upper = name.uppercased()
        // What the container images of the service before this one set, and what links between
        // containers, Kubernetes, proxies and the images of MongoDB bring along.
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
        return near.min { distance(upper, $0) < distance(upper, $1) } ?? ""
    }

    /// How many letters have to be added, dropped or changed (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        var row = Array(0...right.utf8.count)
        for (i, a) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.utf8.enumerated() {
                let changed = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.utf8.count]
    }
}
