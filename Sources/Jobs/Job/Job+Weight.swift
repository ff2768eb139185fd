import JSON

extension Job {
    /// The bytes of what has no fixed size in a job: its params, type and reference.
    package var weight: Int { (params?.bytes.count ?? 0) + type.utf8.count + refID.utf8.count }
}
