import BSON
import JSON

/// The stored form of JSON in a field of an existing job: a BSON value if it represents the JSON
/// exactly, since operators can query it and older services can read it; else the JSON text.
///
/// `params` of a new job have the same forms, and are written in place, see
/// ``BSONBuilder/append(params:maximumBytes:)``.
enum StoredJSON {
    case value(any BSONEncodable & Sendable)
    case text(String)

    /// The size in bytes from which a value is stored as text, which is smaller. A server refuses a
    /// change if the whole document becomes too large.
    private static let maximumBytes = 4 << 20

    /// A JSON null is stored as text, because a null in a document means that the field is not set.
    init(_ json: JSONText) {
        // Such a text could fit only if most of it were white space.
        if json.bytes.count / 8 <= Self.maximumBytes {
            let capacity = min(json.bytes.count * 2, Self.maximumBytes)
            let wrapper = try? BSONDocument(capacity: capacity) {
                builder throws(InexactJSON) in
                try builder.append("value", exactly: json, maximumBytes: Self.maximumBytes)
            }
            if let value = wrapper?["value"], value.type != .null {
                self = .value(value)
                return
            }
        }
        self = .text(json.description)
    }
}

extension BSONBuilder {
    /// Appends the `params` of a new job, as a BSON value or as text.
    ///
    /// An array of small numbers takes seven times the size of its text.
    ///
    /// - Throws: ``ParamsAreTooLarge`` if neither has a place in `maximumBytes`.
    mutating func append(params: JSONText?, maximumBytes: Int) throws(ParamsAreTooLarge) {
        guard let params else { return append("params", BSONNull()) }
        guard params.bytes.count / 8 <= maximumBytes else { throw ParamsAreTooLarge() }
        do {
            try attempt { builder throws(InexactJSON) in
                try builder.append("params", exactly: params, maximumBytes: maximumBytes)
            }
        } catch {
            guard params.bytes.count <= maximumBytes else { throw ParamsAreTooLarge() }
            append("params_json", BSONUTF8(params.bytes[...]))
        }
    }
}

/// The error of `params` that no document has a place for.
struct ParamsAreTooLarge: Error {}
