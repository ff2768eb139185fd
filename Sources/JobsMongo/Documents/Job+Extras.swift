import BSON
import JSON
import Jobs

// The fields that only some jobs have, in documents. A value of an unexpected type counts as unset.

extension Job {
    /// Reads a field of a document, if it is one of these.
    mutating func readExtra(_ name: String, _ value: BSONValue) {
        switch name {
        case "max_retries": maxRetries = value.wholeNumber.map { Int($0) }
        case "retry": retry = RetryPolicy(value)
        case "group": group = value.string
        case "traceparent": traceparent = value.string
        case "hides_traceparent": hidesTraceparent = value.bool ?? false
        case "worker": worker = value.string
        case "progress": progress = JSONText(value) ?? progress
        case "progress_json": progress = JSONText(stored: value) ?? progress
        case "result": result = JSONText(value) ?? result
        case "result_json": result = JSONText(stored: value) ?? result
        case "error": error = AttemptError(value)
        case "error_group":
            errorKey = value.document?["key"]?.string
            errored = errorKey == nil ? nil : value.document?["at"]?.timestampOfDate
        case "failed": failed = value.timestampOfDate
        case "cancelled": cancelled = value.timestampOfDate
        case "cancel_requested": cancelRequested = value.timestampOfDate
        case "attempts": attempts = value.array?.compactMap { Attempt($0) } ?? []
        case "budget_start": budgetStart = value.wholeNumber.map { Int($0) } ?? 0
        case "unique_key": if value.type == .document { isUnique = true }
        case "unique": if value.bool == true { isUnique = true }
        case "request": requestID = value.string
        case "claim_request": claimRequest = ClaimRequest(value)
        default: break
        }
    }
}

extension BSONBuilder {
    /// Appends the fields of a new job.
    mutating func append(extrasOf job: Job) {
        if let maxRetries = job.maxRetries { append("max_retries", maxRetries) }
        if let retry = job.retry { append("retry", retry.document) }
        if let group = job.group { append("group", group) }
        if let traceparent = job.traceparent {
            append("traceparent", traceparent)
            if job.hidesTraceparent { append("hides_traceparent", true) }
        }
        if let requestID = job.requestID { append("request", requestID) }
    }
}

extension ClaimRequest {
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document, let id = document["id"]?.string,
            let slot = document["slot"]?.wholeNumber
        else { return nil }
        self.init(
            ExactText(id), slot: Int(slot), isRepeated: document["repeated"]?.bool ?? false)
    }
}

extension RetryPolicy {
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document else { return nil }
        self.init(
            backoff: document["backoff"]?.string.flatMap { Backoff(rawValue: $0) },
            delay: document["delay"]?.wholeNumber, maxDelay: document["max_delay"]?.wholeNumber,
            jitter: document["jitter"]?.number)
    }

    /// The policy as it is stored.
    var document: BSONDocument {
        BSONDocument { document in
            if let backoff { document.append("backoff", backoff.rawValue) }
            if let delay { document.append("delay", delay) }
            if let maxDelay { document.append("max_delay", maxDelay) }
            if let jitter { document.append("jitter", jitter) }
        }
    }
}

extension AttemptError {
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document else { return nil }
        self.init(
            type: document["type"]?.string, message: document["message"]?.string,
            details: document["details_json"].flatMap { JSONText(stored: $0) }
                ?? document["details"].flatMap { JSONText($0) })
    }

    /// The error as it is stored.
    var document: BSONDocument {
        BSONDocument { document in
            if let type { document.append("type", type) }
            if let message { document.append("message", message) }
            guard let details else { return }
            switch StoredJSON(details) {
            case .value(let value): document.append("details", value)
            case .text(let text): document.append("details_json", text)
            }
        }
    }
}

extension Attempt {
    /// - Returns: `nil` for a value without an end or a known outcome.
    fileprivate init?(_ value: BSONValue) {
        guard let document = value.document, let ended = document["ended"]?.moment,
            let outcome = document["outcome"]?.string.flatMap({ Outcome(rawValue: $0) })
        else { return nil }
        self.init(
            number: Int(document["attempt"]?.starts ?? 0), started: document["started"]?.moment,
            ended: ended, outcome: outcome, worker: document["worker"]?.string,
            error: document["error"].flatMap { AttemptError($0) },
            delay: document["delay"]?.wholeNumber,
            reason: document["reason"]?.string.flatMap { Reason(rawValue: $0) })
    }
}

extension JSONText {
    /// Reads JSON that is stored as text.
    fileprivate init?(stored value: BSONValue) {
        guard let text = value.string, let json = try? JSONText(text) else { return nil }
        self = json
    }
}

extension BSONValue {
    /// A number of 32 or 64 bits.
    fileprivate var wholeNumber: Int64? { int32.map { Int64($0) } ?? int64 }

    fileprivate var number: Double? { double ?? wholeNumber.map { Double($0) } }

    fileprivate var timestampOfDate: Timestamp? {
        date.map { Timestamp(milliseconds: $0.milliseconds) }
    }
}
