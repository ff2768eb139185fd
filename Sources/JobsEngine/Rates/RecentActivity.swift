import JSON
import Jobs

/// The activity of jobs by type in the last hour, as one instance or several have seen it.
struct RecentActivity: Sendable, Equatable {
    /// One type.
    struct OfType: Sendable, Equatable {
        var rates: JobRates
        var waits = Durations()
        var runs = Durations()

        var isEmpty: Bool { rates.isEmpty && waits.total == 0 && runs.total == 0 }
    }

    var types: [ExactText: OfType] = [:]
    /// The types that are not counted alone.
    var others: JobRates
    /// The rates of an hour in which nothing happened.
    private let nothing: JobRates

    init(endingAt now: Timestamp) {
        nothing = JobRates(endingAt: now)
        others = nothing
    }

    var isEmpty: Bool { types.isEmpty && others.isEmpty }

    /// The activity of a type; `nil` if the type may be among those that are counted together.
    subscript(_ type: ExactText) -> OfType? {
        types[type] ?? (others.isEmpty ? OfType(rates: nothing) : nil)
    }

    /// Adds what another instance has seen.
    ///
    /// - Parameter isAlive: Whether the instance still runs. The times of an instance that has
    ///   ended are left out, since they may be an hour old.
    mutating func merge(_ other: RecentActivity, isAlive: Bool = true) {
        for (type, seen) in other.types {
            var merged = types[type] ?? OfType(rates: nothing)
            merged.rates.merge(seen.rates)
            if isAlive {
                merged.waits.merge(seen.waits)
                merged.runs.merge(seen.runs)
            }
            types[type] = merged
        }
        others.merge(other.others)
    }
}

extension RecentActivity {
    /// The size of the longest text, in bytes.
    static let maximumBytes = Record.maximumBytes / 4

    /// Reads what ``JSON/JSONWriter/activity(_:)`` wrote. Unreadable parts count as nothing.
    init(_ json: JSONValue, endingAt now: Timestamp) {
        self.init(endingAt: now)
        for row in json["types"]?.elements.prefix(JobMetrics.maximumTypes) ?? [] {
            guard let type = row["type"]?.string,
                let rates = row["rates"].flatMap(JobRates.init(row:))
            else { continue }
            var read = OfType(rates: nothing)
            read.rates.merge(rates)
            read.waits = Durations(row["waits"])
            read.runs = Durations(row["runs"])
            types[ExactText(type)] = read
        }
        if let rates = json["others"].flatMap(JobRates.init(row:)) { others.merge(rates) }
    }
}

extension Durations {
    fileprivate init(_ json: JSONValue?) {
        self.init()
        for (step, count) in (json?.elements ?? []).prefix(Self.steps).enumerated() {
            counts[step] = max(count.integer.map { Int($0) } ?? 0, 0)
        }
    }
}

extension JSONWriter {
    /// What an instance has seen, those types first in which more happened; those that do not fit
    /// are left out.
    mutating func activity(_ activity: RecentActivity) {
        beginObject()
        key("types")
        beginArray()
        var bytes = 0
        let types = activity.types.map {
            (type: $0.key, seen: $0.value, count: $0.value.rates.total)
        }
        for (type, seen, _) in types.sorted(by: { $0.count > $1.count }) {
            let rates = seen.rates.json
            // Escapes can make a name six times as long.
            bytes += rates.bytes.count + 6 * type.text.utf8.count + 20 * Durations.steps
            guard bytes <= RecentActivity.maximumBytes else { break }
            beginObject()
            key("type")
            string(type.text)
            key("rates")
            text(rates)
            durations("waits", seen.waits)
            durations("runs", seen.runs)
            endObject()
        }
        endArray()
        if !activity.others.isEmpty {
            key("others")
            text(activity.others.json)
        }
        endObject()
    }

    /// Durations up to the last step that has some.
    private mutating func durations(_ name: StaticString, _ durations: Durations) {
        guard let last = durations.counts.lastIndex(where: { $0 > 0 }) else { return }
        key(name)
        beginArray()
        for count in durations.counts[...last] { integer(count) }
        endArray()
    }
}

extension JobRates {
    fileprivate var total: Int {
        Self.rows.reduce(0) { sum, row in
            self[keyPath: row].reduce(sum) { $0.addingClamped($1) }
        }
    }

    fileprivate var json: JSONText {
        var json = JSONWriter(capacity: 1024)
        json.rates(self)
        return json.text
    }
}
