import Jobs

/// One entry of a configuration file: the descriptor of a component and its settings.
///
/// A key that is missing, null or empty is not set; getters return `nil` for it. Getters of numbers
/// and booleans throw a ``ConfigError`` for any other text.
struct ComponentConfig: Sendable {
    let file: String
    let descriptor: Descriptor
    /// The keys that are set, in the order of the file.
    private(set) var keys: [String] = []
    private var values: [String: String] = [:]
    /// The keys that are present but empty, for settings where that differs from a missing key.
    let emptyKeys: Set<String>

    init(
        file: String, descriptor: Descriptor, values: [(key: String, value: String)],
        emptyKeys: Set<String> = []
    ) {
        self.file = file
        self.descriptor = descriptor
        self.emptyKeys = emptyKeys
        for (key, value) in values where !value.isEmpty { self[key] = value }
    }

    /// The value of a key as it stands in the file.
    subscript(key: String) -> String? {
        get { values[key] }
        set {
            if newValue != nil, values[key] == nil { keys.append(key) }
            if newValue == nil { keys.removeAll { $0 == key } }
            values[key] = newValue
        }
    }

    /// - Throws: with `code` if the key is not set.
    func required(_ key: String, _ code: ConfigError.Code = .badConfig) throws -> String {
        guard let value = self[key] else { throw error(key, "must be set", code) }
        return value
    }

    /// A whole number, which may also be written with an empty fraction or an exponent.
    func integer(_ key: String, in range: ClosedRange<Int64> = .min ... .max) throws -> Int64? {
        guard let text = self[key] else { return nil }
        let trimmed = text.trimmingBlanks
        let number = Int64(trimmed) ?? Double(trimmed).flatMap(Int64.init(exactly:))
        guard let number, range.contains(number) else {
            throw error(key, "must be a number\(range.inWords) but is \"\(text)\"", .badConfig)
        }
        return number
    }

    /// The same as ``integer(_:in:)``, as an `Int`.
    func count(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        try integer(key, in: Int64(range.lowerBound)...Int64(range.upperBound)).map(Int.init)
    }

    /// A number with an optional fraction.
    func number(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let text = self[key] else { return nil }
        guard let number = Double(text.trimmingBlanks), range.contains(number) else {
            let bounds = "between \(range.lowerBound) and \(range.upperBound)"
            throw error(key, "must be a number \(bounds) but is \"\(text)\"", .badConfig)
        }
        return number
    }

    /// One of the names that the type knows.
    func choice<Name: KnownName>(_ key: String) throws -> Name? {
        guard let text = self[key] else { return nil }
        guard let name = Name(rawValue: text.trimmingBlanks) else {
            let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "must be one of \(names) but is \"\(text)\"", .badConfig)
        }
        return name
    }

    func boolean(_ key: String) throws -> Bool? {
        guard let text = self[key] else { return nil }
        switch text.trimmingBlanks.lowercased() {
        case "true", "t", "yes", "y", "on", "1": return true
        case "false", "f", "no", "n", "off", "0": return false
        default: throw error(key, "must be true or false but is \"\(text)\"", .badConfig)
        }
    }

    /// The items of a comma-separated list, without surrounding blanks and without empty items.
    func list(_ key: String) -> [String] {
        (self[key] ?? "").split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
    }

    /// The descriptor of another component that the key refers to.
    func reference(_ key: String) throws -> Descriptor? {
        guard let text = self[key] else { return nil }
        guard let descriptor = Descriptor(text) else {
            throw error(key, Descriptor.complaint(about: text), .badDescriptor)
        }
        return descriptor
    }

    /// All values under a key, by the rest of their keys.
    func section(_ name: String) -> [String: String] {
        var section: [String: String] = [:]
        for key in keys where key.hasPrefix("\(name).") {
            section[String(key.dropFirst(name.count + 1))] = values[key]
        }
        return section
    }

    func error(_ key: String?, _ message: String, _ code: ConfigError.Code) -> ConfigError {
        ConfigError(file: file, component: "\(descriptor)", key: key, message, code)
    }

    /// A log line about a setting that is valid but may not have the expected effect.
    func warning(_ key: String, _ message: String) -> String {
        "\(file): \(descriptor): \(key): \(message)"
    }
}

extension Descriptor {
    static func complaint(about text: String) -> String {
        "must have five parts separated by \":\" but is \"\(text)\""
    }
}

extension ClosedRange<Int64> {
    fileprivate var inWords: String {
        switch (lowerBound, upperBound) {
        case (.min, .max): ""
        case (_, .max): " of at least \(lowerBound)"
        default: " between \(lowerBound) and \(upperBound)"
        }
    }
}
