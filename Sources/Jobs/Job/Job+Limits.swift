package import JSON

/// Limits of the length of names. Stores keep names in indexes, and waiting claims keep them in
/// tables, so a name of a megabyte would slow down other calls.
extension Job {
    /// The maximum length of a ``type``, in bytes of UTF-8.
    public static let maximumTypeBytes = 1024
    /// The maximum length of a ``refID``, in bytes of UTF-8.
    public static let maximumRefIDBytes = 4096
    /// The maximum length of an ``id``, in bytes of UTF-8. No job has a longer one.
    public static let maximumIDBytes = 1024
    /// The maximum length of a ``group``, in Unicode scalars.
    public static let maximumGroupLength = 256
    /// The maximum length of a ``worker``, in Unicode scalars.
    public static let maximumWorkerLength = 200
    /// The maximum length of a ``traceparent``, in Unicode scalars.
    public static let maximumTraceparentLength = 256
    /// The maximum size of a ``progress``, in bytes of JSON.
    public static let maximumProgressBytes = 64 << 10
}

extension JobID {
    /// Whether the id is short enough that a job with it can exist.
    package var canExist: Bool {
        number != nil || description.utf8.count <= Job.maximumIDBytes
    }
}

extension NewJob {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long or a number out of
    ///   range.
    package func checkLimits() throws(JobsError) {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        try JobsError.check("ref_id", refID, Job.maximumRefIDBytes)
        // Few jobs have other fields with limits.
        guard hasExtras || priority != 0 else { return }
        for field in Self.fields { try field.checkLimits(self) }
        try retry?.checkLimits()
        try JobsError.check(addRequestID: requestID)
    }
}

extension RetryPolicy {
    /// - Throws: ``JobsError/refused(reason:)`` for a number out of range.
    package func checkLimits() throws(JobsError) {
        // The wire has no such numbers.
        if let jitter, !jitter.isFinite {
            throw .refused(reason: "retry.jitter must be from 0 to 1")
        }
        for field in Self.fields { try field.checkLimits(self, in: "retry.") }
    }
}

extension Claim {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        for type in [type] + alternatives {
            try JobsError.check("type", type, Job.maximumTypeBytes)
        }
        if alternatives.count >= Self.maximumTypes {
            throw .refused(reason: "a claim has at most \(Self.maximumTypes) types")
        }
        try JobsError.check("worker", worker, characters: Job.maximumWorkerLength)
        try JobsError.check(requestID: requestID)
    }
}

extension Start {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        try JobsError.check("worker", worker, characters: Job.maximumWorkerLength)
    }
}

extension Act {
    /// - Throws: ``JobsError/refused(reason:)`` for JSON that is too large.
    package func checkLimits() throws(JobsError) {
        switch self {
        case .extend(_, let progress?):
            try JobsError.check("progress", progress, bytes: Job.maximumProgressBytes)
        case .fail(let failure):
            guard let error = failure.error else { return }
            for field in AttemptError.fields { try field.checkLimits(error, in: "error.") }
        default: break
        }
    }
}

extension ErrorQuery {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        if let type { try JobsError.check("type", type, Job.maximumTypeBytes) }
    }
}

extension JobFilter {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        for field in Self.fields { try field.checkLimits(self, in: "filter.") }
    }
}

extension JobsError {
    /// - Throws: ``JobsError/refused(reason:)`` for a text that is too long.
    package static func check(_ name: String, _ text: String, _ limit: Int) throws(JobsError) {
        guard text.utf8.count > limit else { return }
        throw .refused(reason: "\(name) must have at most \(limit) bytes of UTF-8")
    }

    /// - Throws: ``JobsError/refused(reason:)`` for a text of too many Unicode scalars.
    package static func check(_ name: String, _ text: String?, characters limit: Int)
        throws(JobsError)
    {
        guard let text, text.utf8.count > limit, text.unicodeScalars.count > limit else { return }
        throw .refused(reason: "\(name) must have at most \(limit) characters")
    }

    /// - Throws: ``JobsError/refused(reason:)`` for JSON that is too large.
    package static func check(_ name: String, _ json: JSONText, bytes limit: Int)
        throws(JobsError)
    {
        guard json.bytes.count > limit else { return }
        throw .refused(reason: "\(name) must have at most \(limit) bytes of JSON")
    }
}
