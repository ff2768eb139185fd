package import JSON

/// How JSON of a job is read.
package struct JobReading: Sendable {
    /// The fields without which there is no job. Other ones that are missing are nil, 0 or empty.
    let needed: Set<String>
    /// Whether a value of another kind is a mistake, or as good as none.
    let isStrict: Bool
    let date: @Sendable (String) -> Timestamp?

    package init(
        needed: Set<String>, isStrict: Bool,
        date: @escaping @Sendable (String) -> Timestamp? = { Timestamp(iso8601: $0) }
    ) {
        self.needed = needed
        self.isStrict = isStrict
        self.date = date
    }

    /// Why there is no job.
    package struct Failure: Error {
        /// The field that is missing, or cannot be read.
        package let name: String
    }

    fileprivate func value(_ json: JSONValue?, of field: WireField<Job>) throws(Failure)
        -> WireValue?
    {
        guard let json, json.kind != .null else { return nil }
        if let value = field.kind.value(json, date: date) { return value }
        // Only a string can be a date, and one that is none is always a mistake.
        if isStrict || (field.kind == .date && json.kind == .string) {
            throw Failure(name: field.name)
        }
        return nil
    }
}

extension Job {
    /// Reads a job as `JSONWriter.job` writes it. What is null may be missing.
    package init(_ json: JSONValue, _ reading: JobReading) throws(JobReading.Failure) {
        self.init(id: JobID(""), type: "", refID: "", created: Timestamp(milliseconds: 0))
        var count = 0
        for field in Self.plainFields where try read(field, json, reading) { count += 1 }
        // Most jobs have no other fields, so these are not searched for.
        guard json.memberCount > count else { return }
        try readExtras(json, reading)
    }

    /// Reads the fields that only some jobs have. The others are left as they are.
    package mutating func readExtras(_ json: JSONValue, _ reading: JobReading)
        throws(JobReading.Failure)
    {
        for field in Self.extraFields { _ = try read(field, json, reading) }
    }

    /// - Returns: Whether the object has the field, be it as null.
    private mutating func read(
        _ field: WireField<Job>, _ json: JSONValue, _ reading: JobReading
    ) throws(JobReading.Failure) -> Bool {
        let member = json[field.name]
        if let value = try reading.value(member, of: field) {
            field.set(&self, value)
        } else if reading.needed.contains(field.name) {
            throw JobReading.Failure(name: field.name)
        }
        return member != nil
    }
}
