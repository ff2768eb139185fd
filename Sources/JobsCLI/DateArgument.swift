import ArgumentParser
import JobsClient

/// A date in the format of ISO 8601.
struct DateArgument: ExpressibleByArgument {
    let date: Timestamp

    init?(argument: String) {
        guard let date = Timestamp(iso8601: argument) else { return nil }
        self.date = date
    }
}
