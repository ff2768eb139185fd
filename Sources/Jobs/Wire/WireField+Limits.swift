import JSON

extension WireField {
    /// Checks a value against the limits of its kind, which the HTTP API also checks.
    ///
    /// - Parameter object: What the name of the member has in front in the error, such as
    ///   `filter.`.
    /// - Throws: ``JobsError/refused(reason:)`` if the value is too long, too large or out of
    ///   range.
    func checkLimits(_ root: Root, in object: String = "") throws(JobsError) {
        guard let value = value(root) else { return }
        switch (kind, value) {
        case (.text(let limit?), .text(let text)):
            try JobsError.check(object + name, text, limit)
        case (.name(let limit), .text(let text)):
            try JobsError.check(object + name, text, characters: limit)
        case (.json(let limit?), .json(let json)):
            try JobsError.check(object + name, json, bytes: limit)
        case (.integer(let range), .integer(let number)) where !range.contains(number):
            throw .refused(reason: "\(object)\(name) must be \(range.words)")
        case (.number(let range), .number(let number)) where !range.contains(number):
            throw .refused(reason: "\(object)\(name) must be \(range.words)")
        default: break
        }
    }
}

extension ClosedRange<Int64> {
    fileprivate var words: String {
        upperBound == .max ? "at least \(lowerBound)" : "from \(lowerBound) to \(upperBound)"
    }
}

extension ClosedRange<Double> {
    fileprivate var words: String {
        "from \(lowerBound.formattedPlainly) to \(upperBound.formattedPlainly)"
    }
}

extension Double {
    /// Without a fraction if it has none.
    fileprivate var formattedPlainly: String {
        Int64(exactly: self).map { "\($0)" } ?? "\(self)"
    }
}
