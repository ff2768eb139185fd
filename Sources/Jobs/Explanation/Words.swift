extension Int64 {
    /// A duration in milliseconds for people, in its largest unit: `3 minutes`.
    package var inWords: String {
        let seconds = self / 1000
        return switch seconds {
        case ..<1: "less than a second"
        case ..<120: Self.count(seconds, "second")
        case ..<7200: Self.count(seconds / 60, "minute")
        case ..<172_800: Self.count(seconds / 3600, "hour")
        default: Self.count(seconds / 86_400, "day")
        }
    }

    private static func count(_ number: Int64, _ unit: String) -> String {
        number == 1 ? "1 \(unit)" : "\(number) \(unit)s"
    }
}

extension Int {
    /// How often: `once`, `3 times`.
    var times: String { self == 1 ? "once" : "\(self) times" }
}

extension String {
    /// The text in quotation marks, cut since callers choose names and errors of any length.
    var quoted: String { "\"\(cut)\"" }

    /// The text, cut after 200 Unicode scalars.
    var cut: String {
        unicodeScalars.count <= 200 ? self : String(unicodeScalars.prefix(200)) + "..."
    }
}

extension String? {
    var quoted: String { self?.quoted ?? "\"\"" }
}
