public import Foundation
import NIOCore

extension NewJob {
    /// Creates a job whose params are an encoded value.
    ///
    /// - Parameters:
    ///   - type: The kind of work.
    ///   - refID: The producer's reference to what the work is about.
    ///   - ttl: The time to live, from the creation; `nil` if the job does not expire.
    ///   - params: The value to encode.
    ///   - priority: The priority. Jobs with a higher priority are handed out first.
    ///   - delay: The time from the creation after which the job can be claimed by type; `nil` for
    ///     none.
    ///   - encoder: Encodes the params.
    /// - Throws: `EncodingError` if the params cannot be encoded.
    public init(
        type: String, refID: String, ttl: Duration? = nil, params: some Encodable,
        priority: Int = 0, delay: Duration? = nil, encoder: JSONEncoder = JSONEncoder()
    ) throws {
        self.init(
            type: type, refID: refID, ttl: ttl?.milliseconds ?? 0,
            params: try JSONText(encoding: params, encoder), priority: priority,
            delay: delay?.milliseconds)
    }
}

extension Job {
    /// Decodes the params. A job without params is decoded like a JSON null.
    ///
    /// - Throws: `DecodingError` if the params are not a value of the type.
    public func decodeParams<Params: Decodable>(
        as type: Params.Type = Params.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Params {
        try decoder.decode(type, from: Data(params?.bytes ?? Array("null".utf8)))
    }
}

extension JSONText {
    /// Creates JSON text from an encodable value.
    ///
    /// - Throws: `EncodingError` if the value cannot be encoded, or if a service does not accept
    ///   its JSON.
    public init(encoding value: some Encodable, _ encoder: JSONEncoder = JSONEncoder()) throws {
        let data = try encoder.encode(value)
        do {
            self = try JSONOutline(ByteBuffer(bytes: data), recordedDepth: 0).root.text
        } catch {
            throw EncodingError.invalidValue(
                value, .init(codingPath: [], debugDescription: "\(error)", underlyingError: error))
        }
    }
}
