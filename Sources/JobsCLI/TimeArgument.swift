import ArgumentParser
import JobsClient

/// A duration as operators write it: `500ms`, `30s`, `5m`, `2h`, `1d`; a bare number is
/// milliseconds, as in the HTTP API.
struct TimeArgument: ExpressibleByArgument {
    let duration: Duration

    static let minute = TimeArgument(duration: .seconds(60))
    static let patience = TimeArgument(duration: .seconds(20))

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1),
    ]

    private init(duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard
            let unit = Self.units.first(where: { argument.hasSuffix($0.name) }),
            let number = Int64(argument.dropLast(unit.name.count)), number >= 0
        else { return nil }
        let (milliseconds, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow else { return nil }
        duration = .milliseconds(milliseconds)
    }

    var defaultValueDescription: String { "\(duration.milliseconds / 1000)s" }

    static let help = "500ms, 30s, 5m, 2h, 1d; a bare number is milliseconds"
}
