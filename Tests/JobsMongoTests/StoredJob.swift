import BSON
import JSON
import Jobs
import SeededRandom

@testable import JobsMongo

/// A document of this service, for any job.
struct StoredJob {
    var job: Job
    var token: LockToken?

    var document: BSONLiteral {
        var members: [(String, BSONLiteral)] = [
            ("_id", .string("\(job.id)")), ("type", .string(job.type)),
            ("ref_id", .string(job.refID)), ("params", .null), ("created", .date(job.created)),
            ("started", .date(job.started)), ("locked_until", .date(job.lockedUntil)),
            ("execute_until", .date(job.executeUntil)), ("completed", .date(job.completed)),
            ("retries", .int(Int64(job.retries))), ("priority", 0),
        ]
        if let delayedUntil = job.delayedUntil {
            members.append(("delayed_until", .date(delayedUntil)))
        }
        if let token {
            members.append(("lock_token", .string("\(token)")))
            members.append(("lock_retries", .int(Int64(job.retries))))
        }
        if !job.isEnded {
            members.append(("available_at", .date(job.availableAt())))
            if job.lockedUntil != nil { members.append(("leased", true)) }
        }
        return .document((members + extras).map { .init(key: $0, value: $1) })
    }

    private var extras: [(String, BSONLiteral)] {
        let key: BSONLiteral = ["type": .string(job.type), "ref_id": .string(job.refID)]
        let values: [(String, BSONLiteral?)] = [
            ("max_retries", job.maxRetries.map { .int(Int64($0)) }),
            ("budget_start", job.budgetStart == 0 ? nil : .int(Int64(job.budgetStart))),
            ("retry", job.retry.map { .value($0.document) }),
            ("group", job.group.map { .string($0) }),
            ("worker", job.worker.map { .string($0) }),
            ("progress_json", job.progress.map { .string($0.description) }),
            ("error", job.error.map { .value($0.document) }),
            ("error_group", job.errorGroup),
            ("failed", job.failed.map { .date($0) }),
            ("cancelled", job.cancelled.map { .date($0) }),
            ("cancel_requested", job.cancelRequested.map { .date($0) }),
            ("outcome", job.outcome),
            ("attempts", job.attempts.isEmpty ? nil : .array(job.attempts.map(\.document))),
            ("unique_key", job.isUnique && !job.isEnded ? key : nil),
            ("unique", job.isUnique && job.isEnded ? true : nil),
        ]
        return values.compactMap { name, value in value.map { (name, $0) } }
    }
}

extension Job {
    /// The keys of the job in the index of outcomes.
    var outcome: BSONLiteral? {
        guard completed == nil else { return nil }
        let type = BSONLiteral.string(type)
        if let failed { return ["failed", ["failed": type], ["failed": .date(failed)]] }
        if let cancelled {
            return ["cancelled", ["cancelled": type], ["cancelled": .date(cancelled)]]
        }
        return cancelRequested == nil ? nil : ["cancelling", ["cancelling": type]]
    }
}

extension Job {
    /// The place of the job among those whose last attempts failed.
    fileprivate var errorGroup: BSONLiteral? {
        errorKey.map { ["key": .string($0), "at": .date(errored)] }
    }
}

extension Attempt {
    fileprivate var document: BSONLiteral {
        let values: [(String, BSONLiteral?)] = [
            ("attempt", .int(Int64(number))), ("started", started.map { .date($0) }),
            ("ended", .date(ended)), ("outcome", .string(outcome.rawValue)),
            ("worker", worker.map { .string($0) }), ("error", error.map { .value($0.document) }),
            ("delay", delay.map { .int($0) }), ("reason", reason.map { .string($0.rawValue) }),
        ]
        return .document(
            values.compactMap { name, value in value.map { .init(key: name, value: $0) } })
    }
}

extension Job {
    /// A job in any state, with dates seconds away from `now`.
    static func random(
        _ number: Int, at now: Timestamp, using random: inout some RandomNumberGenerator
    ) -> Job {
        func one<Value>(of values: Value...) -> Value {
            values.randomElement(using: &random) ?? values[0]
        }
        let before = { (seconds: Int64) in now.advanced(by: -seconds * 1000) }
        var job = Job(
            id: JobID("job \(number)"), type: "mail", refID: "ref \(number)",
            created: before(100))
        job.retries = one(of: 0, 1, 2, 3, 7)
        job.executeUntil = one(of: nil, nil, before(30), before(-100), before(-5000))
        job.delayedUntil = one(of: nil, nil, before(40), before(-200))
        if one(of: true, true, false) {
            job.started = before(50)
            job.lockedUntil = one(of: before(20), before(-300), before(-300))
            if one(of: true, false) { job.cancelRequested = before(25) }
        }
        switch one(of: 0, 0, 0, 0, 1, 2, 3) {
        case 1: job.failed = before(10)
        case 2: job.cancelled = before(11)
        case 3 where one(of: true, false): job.completed = before(12)
        default: break
        }
        if job.isEnded, one(of: true, true, false) {
            // As they are unless an older service has started the job since.
            job.started = nil
            job.lockedUntil = nil
        }
        guard one(of: true, true, false) else { return job }
        job.maxRetries = one(of: nil, 1, 3, 8, .max)
        job.budgetStart = one(of: 0, 0, 1, 2, 9)
        job.retry = one(of: nil, RetryPolicy(), RetryPolicy(backoff: .linear, jitter: 0.5))
        job.worker = one(of: nil, "w1", "$w2")
        job.progress = one(of: nil, try? JSONText("[1]"))
        job.error = one(of: nil, AttemptError(), AttemptError(type: "Old", message: "$m"))
        job.isUnique = one(of: true, false) && job.completed == nil
        job.attempts = (0..<one(of: 0, 1, 9, 10)).map { index in
            Attempt(
                number: index, started: before(90), ended: before(80),
                outcome: one(of: .failed, .lapsed, .aborted), worker: one(of: nil, "old"),
                error: one(of: nil, AttemptError(type: "E")), delay: one(of: nil, 5))
        }
        return job
    }
}

extension Act {
    static func random(using random: inout some RandomNumberGenerator) -> Act {
        func one<Value>(of values: Value...) -> Value {
            values.randomElement(using: &random) ?? values[0]
        }
        let json = { (text: String) in try? JSONText(text) }
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
            return .extend(
                timeout: one(of: 60_000, 0, -5, .max),
                progress: one(of: nil, json("{\"a\":1}"), json("null")))
        case 1: return .abort(delay: one(of: nil, 0, 5000, .max))
        case 2: return .complete(result: one(of: nil, json("[\"$x\"]"), json("1e400")))
        case 3, 4, 5:
            var failure = Failure(
                error: one(
                    of: nil, AttemptError(),
                    AttemptError(type: "$E", message: "m", details: json("{\"$a\":[1]}"))),
                retry: one(of: true, true, true, false), delay: one(of: nil, nil, -1, 0, 700, .max))
            failure.policy = one(
                of: RetryPolicy(), RetryPolicy(backoff: .constant, delay: 300, jitter: 1))
            failure.maxRetries = one(of: .max, 10, 3)
            failure.chance = Double.random(in: -1...1, using: &random)
            return .fail(failure)
        case 6, 7: return .cancel
        case 8, 9:
            var replay = Replay(delay: one(of: nil, 0, 4000), ttl: one(of: nil, nil, 0, 90_000))
            replay.maxRetries = one(of: 3, 10, .max)
            return .replay(replay)
        case 10: return .release
        default: return .settle
        }
    }
}
