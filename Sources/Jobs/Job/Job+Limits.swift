/// How long names may be. Stores and waiting claims keep them in indexes and tables, where a name of
/// a megabyte costs others.
extension Job {
    /// The most bytes of UTF-8 of a ``type``.
    public static let maximumTypeBytes = 1024
    /// The most bytes of UTF-8 of a ``refID``.
    public static let maximumRefIDBytes = 4096
    /// The most bytes of UTF-8 of an ``id``. There is no job with a longer one.
    public static let maximumIDBytes = 1024
}

extension JobID {
    /// Whether it is short enough for there to be such a job.
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
