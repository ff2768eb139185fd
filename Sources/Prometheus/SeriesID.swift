/// The name of a metric and its labels in the form of Prometheus.
///
/// `v1/jobs.add_job.exec_count`, a name of the predecessor services, becomes `exec_count` with the
/// labels `service` and `command`; likewise `exec_time` and `exec_errors`. In other names, only the
/// characters that Prometheus does not accept are replaced.
struct SeriesID: Hashable {
    let name: String
    let labels: SeriesLabels

    init(_ label: String, _ dimensions: [(String, String)]) {
        let parts = label.split(separator: ".", omittingEmptySubsequences: false)
        if dimensions.isEmpty, parts.count >= 3, let last = parts.last,
            Self.originals.contains(String(last))
        {
            name = String(last)
            labels = SeriesLabels([
                ("service", parts.dropLast(2).joined(separator: ".")),
                ("command", String(parts[parts.count - 2])),
            ])
        } else {
            name = Self.name(label)
            labels = SeriesLabels(dimensions)
        }
    }

    private init(name: String, labels: SeriesLabels) {
        self.name = name
        self.labels = labels
    }

    func named(_ name: String) -> SeriesID { SeriesID(name: name, labels: labels) }

    /// Whether it is shown as the predecessor services show durations.
    var isInterval: Bool { name == "exec_time" }

    private static let originals: Set<String> = ["exec_count", "exec_time", "exec_errors"]

    /// A lower-case name of letters, digits and `_` that does not begin with a digit.
    fileprivate static func name(_ text: String) -> String {
        let name = String(
            text.lowercased().unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "a"..."z", "0"..."9", "_": Character(scalar)
                default: "_"
                }
            })
        return name.first.map { "0"..."9" ~= $0 } ?? true ? "_" + name : name
    }
}

/// Labels with their values, such as job types, compared by their bytes: `String` treats
/// canonically equivalent texts as equal, such as `é` as one scalar and as two.
struct SeriesLabels: Hashable, Comparable, Sendable {
    /// `a="b",c="d"`: the formatted labels, without the braces.
    let text: String

    init(_ labels: [(String, String)]) {
        text = labels.map { "\(SeriesID.name($0))=\"\(Self.escaped($1))\"" }.joined(separator: ",")
    }

    static func == (left: SeriesLabels, right: SeriesLabels) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    static func < (left: SeriesLabels, right: SeriesLabels) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
