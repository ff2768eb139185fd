internal import Foundation

/// A MongoDB connection string, parsed as far as needed to add options that it does not set.
/// libmongoc validates the rest.
public struct MongoURI: Sendable, Equatable {
    /// The whole text with its credentials; never log it.
    public private(set) var text: String

    /// - Throws: ``MongoError`` of kind `badURI` unless it starts like a MongoDB URI, names a host,
    ///   and has encoded credentials. (libmongoc would quote unencoded ones in its error.)
    public init(_ text: String) throws {
        self.text = text
        guard text.hasPrefix("mongodb://") || text.hasPrefix("mongodb+srv://"),
            !text.utf8.contains(0), !authority.isEmpty
        else {
            throw MongoError(.badURI, message: "Not a MongoDB URI: \(redactingCredentials(text))")
        }
        let credentials = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        guard !credentials.contains("@"), credentials.count(where: { $0 == ":" }) <= 1,
            !afterAuthority.contains("@")
        else {
            throw MongoError(
                .badURI, message: "Percent-encode @, : and / in user name, password and options")
        }
    }

    /// Credentials and hosts.
    private var authority: Substring {
        let rest = text[(text.firstRange(of: "://")?.upperBound ?? text.endIndex)...]
        return rest.prefix { $0 != "/" && $0 != "?" }
    }

    /// The hosts with their ports as written in the URI, separated by commas.
    public var hosts: String {
        String(
            authority[
                (authority.lastIndex(of: "@").map(authority.index(after:)) ?? authority.startIndex)...
            ])
    }

    private var afterAuthority: Substring { text[authority.endIndex...] }

    /// The database that the URI names, if it names one.
    public var database: String? {
        let path = afterAuthority.prefix { $0 != "?" }.dropFirst()
        return path.isEmpty ? nil : path.removingPercentEncoding ?? String(path)
    }

    /// The options in order, decoded.
    public var options: [(name: String, value: String)] {
        guard let mark = afterAuthority.firstIndex(of: "?") else { return [] }
        return text[text.index(after: mark)...].split(separator: "&").map { option in
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1] : ""
            return (String(parts[0]), value.removingPercentEncoding ?? String(value))
        }
    }

    /// The value of an option; names are case-insensitive. The last one counts, as in libmongoc.
    public subscript(option name: String) -> String? {
        options.last { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// This URI with the options added that it does not set.
    public func withDefaults(_ defaults: [(name: String, value: String)]) -> MongoURI {
        var uri = self
        for (name, value) in defaults where uri[option: name] == nil {
            uri.append(name, value)
        }
        return uri
    }

    /// This URI with an option that overrides its own.
    public func setting(_ name: String, to value: String) -> MongoURI {
        var uri = self
        uri.append(name, value)
        return uri
    }

    private mutating func append(_ name: String, _ value: String) {
        if afterAuthority.contains("?") {
            if text.last != "?", text.last != "&" { text += "&" }
        } else {
            text += afterAuthority.isEmpty ? "/?" : "?"
        }
        text += "\(Self.encoded(name))=\(Self.encoded(value, keeping: ",:/"))"
    }

    /// Percent-encodes all characters but letters, digits, `-._~` and `others`.
    static func encoded(_ text: String, keeping others: String = "") -> String {
        let plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~" + others
        // Encoding never fails, because Swift strings are valid UTF-8.
        return text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: plain))
            ?? ""
    }
}

extension MongoURI: CustomStringConvertible {
    /// The URI without its credentials.
    public var description: String { redactingCredentials(text) }
}
