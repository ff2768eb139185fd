public import Foundation
import NIOCore

extension NewJob {
    /// A job whose params are a value of the caller's own type.
    /// - Parameters:
    ///   - ttl: the time from the creation in which it may be started; nil: for ever.
    ///   - delay: the time from the creation before which nobody gets it by type; nil: none.
    ///   - encoder: how to write the params; as `JSONEncoder` does it if nothing is said.
    /// - Throws: `EncodingError`
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
    /// The params as a value of the caller's own type; without params, as of a JSON null.
    /// - Throws: `DecodingError`
    public func decodeParams<Params: Decodable>(
        as type: Params.Type = Params.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Params {
        try decoder.decode(type, from: Data(params?.bytes ?? Array("null".utf8)))
    }
}

extension JSONText {
    /// - Throws: `EncodingError`, also for what is no JSON that a service keeps.
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
