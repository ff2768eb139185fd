/// The Levenshtein distance in bytes, to find the name that a misspelled one was meant to be.
enum EditDistance {
    /// The name with the smallest distance, the first of several; `nil` if there are no names, or
    /// if all are farther than `limit`.
    static func nearest(to name: String, in names: [String], within limit: Int = .max) -> String? {
        let distances = names.map { (name: $0, distance: between(name, $0)) }
        return distances.filter { $0.distance <= limit }.min { $0.distance < $1.distance }?.name
    }

    static func between(_ left: String, _ right: String) -> Int {
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
