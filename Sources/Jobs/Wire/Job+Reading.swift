package import JSON

/// How JSON of a job is read.
package struct JobReading: Sendable {
    /// The required fields. Other fields that are missing are `nil`, 0 or empty.
    let needed: Set<String>
    /// Whether a value of the wrong kind is an error; otherwise it counts as missing.
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

    /// The reason why a value is not a job.
    package struct Failure: Error {
        /// The field that is missing, or cannot be read.
        package let name: String
    }

    fileprivate func value(_ json: JSONValue?, of field: WireField<Job>) throws(Failure)
        -> WireValue?
    {
        guard let json, json.kind != .null else { return nil }
        if let value = field.kind.value(json, date: date) { return value }
        // A date has to be a string. A string that is not a date is always an error.
        if isStrict || (field.kind == .date && json.kind == .string) {
            throw Failure(name: field.name)
        }
        return nil
    }
}

extension Job {
    /// Reads a job as `JSONWriter.job` writes it. Members that are null may be missing.
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

    /// - Returns: Whether the object has the field, possibly as null.
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
