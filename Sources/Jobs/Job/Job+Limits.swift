/// Limits of the length of names. Stores keep names in indexes, and waiting claims keep them in
/// tables, so a name of a megabyte would slow down other calls.
extension Job {
    /// The maximum length of a ``type``, in bytes of UTF-8.
    public static let maximumTypeBytes = 1024
    /// The maximum length of a ``refID``, in bytes of UTF-8.
    public static let maximumRefIDBytes = 4096
    /// The maximum length of an ``id``, in bytes of UTF-8. No job has a longer one.
    public static let maximumIDBytes = 1024
}

extension JobID {
    /// Whether the id is short enough that a job with it can exist.
    package var canExist: Bool {
        number != nil || description.utf8.count <= Job.maximumIDBytes
    }
}

extension NewJob {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        try JobsError.check("ref_id", refID, Job.maximumRefIDBytes)
    }
}

extension JobFilter {
    /// - Throws: ``JobsError/refused(reason:)`` for a name that is too long.
    package func checkLimits() throws(JobsError) {
        if let type { try JobsError.check("filter.type", type, Job.maximumTypeBytes) }
        if let refID { try JobsError.check("filter.ref_id", refID, Job.maximumRefIDBytes) }
    }
}

extension JobsError {
    /// - Throws: ``JobsError/refused(reason:)`` for a text that is too long.
    package static func check(_ name: String, _ text: String, _ limit: Int) throws(JobsError) {
        guard text.utf8.count > limit else { return }
        throw .refused(reason: "\(name) must have at most \(limit) bytes of UTF-8")
    }
}
