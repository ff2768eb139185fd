/// Text in the exposition format of Prometheus, version 0.0.4.
public struct ExpositionText {
    /// The Content-Type of the text.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Begins the only group of samples of a metric.
    mutating func begin(_ name: String, _ kind: MetricKind, help: String) {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameter labels: formatted labels, without the braces.
    mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += name
        if !labels.isEmpty { text += "{\(labels)}" }
        text += " \(Self.number(value))\n"
    }

    mutating func sample(_ name: String, _ labels: String, le bound: Double, _ count: UInt64) {
        let separator = labels.isEmpty ? "" : ","
        sample(name, "\(labels)\(separator)le=\"\(Self.number(bound))\"", Double(count))
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
