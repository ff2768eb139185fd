import JobsAPI
import JobsHTTP

/// An API key in a configuration or in a key file: `name`, `hash`, `scopes`, `types`.
struct AccessKeyEntry {
    static let keys: KeyPatterns = [
        "keys.*.name", "keys.*.hash", "keys.*.scopes", "keys.*.scopes.*", "keys.*.types",
        "keys.*.types.*",
    ]

    /// The values of the members by name; items of lists by paths such as `scopes.0`.
    private var values: [(key: String, value: String)]
    /// The members that are present but empty.
    private var empty: Set<String>

    /// The keys under `keys` of the component.
    /// - Throws: ``ConfigError``
    static func keys(in config: ComponentConfig) throws -> [APIKey] {
        var entries: [(place: String, entry: AccessKeyEntry)] = []
        for key in config.keys + config.emptyKeys.sorted() where key.hasPrefix("keys.") {
            let place = key.split(separator: ".").prefix(2).joined(separator: ".")
            guard !entries.contains(where: { $0.place == place }) else { continue }
            let prefix = place + "."
            let entry = AccessKeyEntry(
                values: config.keys.filter { $0.hasPrefix(prefix) }.map {
                    (String($0.dropFirst(prefix.count)), config[$0] ?? "")
                },
                empty: Set(
                    config.emptyKeys.filter { $0.hasPrefix(prefix) }.map {
                        String($0.dropFirst(prefix.count))
                    }))
            entries.append((place, entry))
        }
        return try entries.map { place, entry in
            try entry.key { config.error("\(place).\($0)", $1, .badConfig) }
        }
    }

    /// The keys in a file, which holds a list in YAML or in its subset JSON.
    /// - Throws: ``ConfigError`` with the component, the key and the file.
    static func keys(inFile path: String, _ config: ComponentConfig) throws -> [APIKey] {
        let node: ConfigNode
        do {
            let text = ConfigTemplate(
                text: String(decoding: try contents(ofFile: path), as: UTF8.self)
            ).text
            node = try ConfigNode(yaml: text)
        } catch let error as SyntaxError {
            throw config.error(
                "keys_file", "\(path):\(error.line):\(error.column) is no YAML: \(error.message)",
                .badConfig)
        } catch {
            throw config.error("keys_file", "\(path) cannot be read: \(error)", .readFailed)
        }
        // An empty list is valid: it removes the last key.
        guard case .list(let items) = node else {
            throw config.error(
                "keys_file", "\(path) must be a list of keys, [] for none", .badConfig)
        }
        return try items.enumerated().map { index, item in
            let place = "\(path): key \(index + 1)"
            let entry = AccessKeyEntry(values: item.flattened, empty: item.emptyKeys)
            for (key, _) in entry.values where !keys.contains("keys.0.\(key)") {
                throw config.error("keys_file", "\(place): \(key) is not part of a key", .badConfig)
            }
            return try entry.key { key, message in
                config.error("keys_file", "\(place): \(key) \(message)", .badConfig)
            }
        }
    }

    /// - Parameter error: Makes an error of the name of a member and a message. The message never
    ///   holds the value, which may be a key that was entered in place of its hash.
    private func key(_ error: (_ key: String, _ message: String) -> ConfigError) throws -> APIKey {
        guard let name = self["name"] else { throw error("name", "must be set") }
        let scopes = list("scopes")
        guard !scopes.isEmpty else { throw error("scopes", "must be set") }
        let known = scopes.compactMap { AccessScope(rawValue: $0) }
        guard known.count == scopes.count else {
            throw error("scopes", "must be of \(AccessScope.names)")
        }
        let types = list("types")
        guard !types.isEmpty || !empty.contains("types") else {
            throw error("types", "must not be empty; leave it out for all types")
        }
        guard let hash = self["hash"] else { throw error("hash", "must be set") }
        let principal = Principal(
            name: name, scopes: Set(known), types: types.isEmpty ? nil : Set(types))
        guard let key = APIKey(hash: hash, principal: principal) else {
            throw error(
                "hash", "must be the SHA-256 of a key in 64 hex digits, see jobsctl help key")
        }
        return key
    }

    private subscript(key: String) -> String? {
        values.last { $0.key == key }?.value
    }

    /// The items of a list, or of a text that separates them with commas.
    private func list(_ key: String) -> [String] {
        if let text = self[key] {
            return text.split(separator: ",").map(\.trimmingBlanks).filter { !$0.isEmpty }
        }
        return values.filter { $0.key.hasPrefix("\(key).") }.map(\.value)
    }
}

extension AccessScope {
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
