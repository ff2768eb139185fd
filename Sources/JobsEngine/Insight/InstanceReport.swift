import JSON
import Jobs

/// The claims and jobs that one instance of the service has seen, with times of the store.
///
/// Instances exchange reports as records of the kind ``RecordKind/instance``. The text of a record
/// is `{"at": date, "since": date, "types": [{"type", "last_claim", "waiting", "workers":
/// [{"worker", "last_claim"}]}], "activity": {...}, "ended": true}`. Unreadable parts count as not
/// seen.
///
/// The last report of an instance that has ended, or of one that was not heard of for a minute, is
/// kept for an hour, for its activity only: the rates of a type do not fall when an instance is
/// replaced by another one.
struct InstanceReport: Sendable, Equatable {
    /// One type.
    struct Seen: Sendable, Equatable {
        var lastClaim: Timestamp
        var waiting = 0
        var workers: [ExactText: Timestamp] = [:]
    }

    /// When the report was made.
    var at: Timestamp
    /// Since when the instance notes claims.
    var since: Timestamp
    var types: [ExactText: Seen] = [:]
    /// The jobs that the instance has seen in the last hour; `nil` if it does not count them, or if
    /// it was not read.
    var activity: RecentActivity?
    /// Since when jobs are counted, by this instance or one before it.
    var activeSince: Timestamp
    /// Whether the record has activity, read or not.
    private(set) var isActive = false
    /// Whether the instance has stopped.
    var hasEnded = false
    /// The number of instances that have made it.
    var instances = 1

    init(at: Timestamp, since: Timestamp) {
        self.at = at
        self.since = since
        activeSince = since
    }

    /// How long a report is valid, in milliseconds.
    static let lifetime: Int64 = 60_000
    /// How long the activity of a report is of interest, in milliseconds.
    static let activeLifetime = Int64(JobRates.maximumMinutes + 1) * JobRates.minute

    /// Whether the report is too old: its instance has ended, or cannot reach the store.
    func isOutdated(at now: Timestamp) -> Bool {
        hasEnded || abs(now.milliseconds(since: at)) > Self.lifetime
    }

    /// Whether the activity of an outdated report is too old as well.
    func isForgotten(at now: Timestamp) -> Bool {
        abs(now.milliseconds(since: at)) > Self.activeLifetime
    }

    /// Adds what an instance has seen of jobs that has ended in the meantime.
    mutating func mergeActivity(of ended: InstanceReport) {
        activeSince = min(activeSince, ended.activeSince)
        if let other = ended.activity { activity?.merge(other, isAlive: false) }
    }

    /// Adds what another instance has seen.
    mutating func merge(_ other: InstanceReport) {
        since = min(since, other.since)
        instances = instances.addingClamped(other.instances)
        activeSince = min(activeSince, other.activeSince)
        if let other = other.activity { activity?.merge(other) }
        for (type, seen) in other.types {
            guard var merged = types[type] else {
                types[type] = seen
                continue
            }
            merged.lastClaim = max(merged.lastClaim, seen.lastClaim)
            merged.waiting = merged.waiting.addingClamped(seen.waiting)
            merged.workers.merge(seen.workers) { max($0, $1) }
            types[type] = merged
        }
    }
}

extension InstanceReport {
    /// Converts the times of this process to those of the store.
    ///
    /// - Parameters:
    ///   - waiting: The numbers of claims that wait now.
    ///   - time: The time of the store, as of `now`.
    init(
        _ seen: [ExactText: SeenClaims.Seen], waiting: [ExactText: Int],
        since start: SeenClaims.Instant, at time: Timestamp, now: SeenClaims.Instant
    ) {
        let stored = { (instant: SeenClaims.Instant) in
            time.advanced(by: -max(instant.duration(to: now).wholeMilliseconds, 0))
        }
        self.init(at: time, since: stored(start))
        types = seen.mapValues { seen in
            Seen(lastClaim: stored(seen.lastClaim), workers: seen.workers.mapValues(stored))
        }
        for (type, count) in waiting where count > 0 {
            types[type, default: Seen(lastClaim: time)].waiting = count
        }
    }
}

extension InstanceReport {
    /// The text of a record. Types that were asked for last come first; those that do not fit
    /// within the maximum size of a report are left out.
    var json: JSONText {
        var json = JSONWriter(capacity: 1024)
        json.beginObject()
        json.key("at")
        json.date(at)
        json.key("since")
        json.date(since)
        json.key("types")
        json.beginArray()
        var bytes = 0
        for (type, seen) in types.sorted(by: { $0.value.lastClaim > $1.value.lastClaim }) {
            // Escapes can make a name six times as long.
            bytes += 100 + 6 * type.text.utf8.count
            bytes += seen.workers.keys.reduce(0) { $0 + 60 + 6 * $1.text.utf8.count }
            guard bytes <= Self.maximumBytes else { break }
            json.seen(type, seen)
        }
        json.endArray()
        if let activity, !activity.isEmpty {
            json.key("activity")
            json.activity(activity)
        }
        if hasEnded {
            json.key("ended")
            json.boolean(true)
        }
        json.endObject()
        return json.text
    }

    private static let maximumBytes = Record.maximumBytes / 2

    /// Reads the value of a record.
    ///
    /// - Parameter now: The time in the last minute of the activity; `nil` if it is not needed.
    /// - Returns: `nil` if it has no time.
    init?(_ text: JSONText, withActivityAt now: Timestamp? = nil) {
        guard let json = text.value(recordedDepth: 5), let at = json["at"]?.date else {
            return nil
        }
        self.init(at: at, since: min(json["since"]?.date ?? at, at))
        hasEnded = json["ended"]?.boolean ?? false
        if let activity = json["activity"] {
            self.activity = now.map { RecentActivity(activity, endingAt: $0) }
            isActive = true
        }
        for row in json["types"]?.elements ?? [] {
            guard let type = row["type"]?.string, let last = row["last_claim"]?.date else {
                continue
            }
            var seen = Seen(lastClaim: min(last, at))
            seen.waiting = max(row["waiting"]?.integer.map { Int($0) } ?? 0, 0)
            for worker in row["workers"]?.elements ?? [] {
                guard let name = worker["worker"]?.string, let last = worker["last_claim"]?.date
                else { continue }
                seen.workers[ExactText(name)] = min(last, at)
            }
            types[ExactText(type)] = seen
        }
    }
}

extension JSONWriter {
    fileprivate mutating func seen(_ type: ExactText, _ seen: InstanceReport.Seen) {
        beginObject()
        key("type")
        string(type.text)
        key("last_claim")
        date(seen.lastClaim)
        key("waiting")
        integer(seen.waiting)
        key("workers")
        beginArray()
        for (worker, last) in seen.workers.sorted(by: { $0.key < $1.key }) {
            beginObject()
            key("worker")
            string(worker.text)
            key("last_claim")
            date(last)
            endObject()
        }
        endArray()
        endObject()
    }
}
