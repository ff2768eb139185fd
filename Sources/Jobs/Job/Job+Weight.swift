import JSON

extension Job {
    /// The size of the params, the type and the reference, in bytes.
    package var weight: Int { (params?.bytes.count ?? 0) + type.utf8.count + refID.utf8.count }
}
