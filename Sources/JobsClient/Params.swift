public import Foundation
import NIOCore

extension NewJob {
    /// Creates a job whose params are an encoded value. What it has no parameter for can be set
    /// later.
    ///
    /// - Parameters:
    ///   - type: The kind of work.
    ///   - refID: The producer's reference to what the work is about.
    ///   - ttl: The time to live, from the creation; `nil` if the job does not expire.
    ///   - params: The value to encode.
    ///   - priority: The priority. Jobs with a higher priority are handed out first.
    ///   - delay: The time from the creation after which the job can be claimed by type; `nil` for
    ///     none.
    ///   - maxRetries: The limit of starts of this job; `nil` if claims and the service decide.
    ///   - retry: The policy of delays after failed attempts; `nil` if the service decides.
    ///   - group: The group of the job; `nil` for none.
    ///   - traceparent: The W3C trace context to hand to the worker; `nil` for none.
    ///   - requestID: The id that makes the add repeatable; `nil` for one of the call.
    ///   - encoder: Encodes the params.
    /// - Throws: `EncodingError` if the params cannot be encoded.
    public init(
        type: String, refID: String, ttl: Duration? = nil, params: some Encodable,
        priority: Int = 0, delay: Duration? = nil, maxRetries: Int? = nil,
        retry: RetryPolicy? = nil, group: String? = nil, traceparent: String? = nil,
        requestID: String? = nil, encoder: JSONEncoder = JSONEncoder()
    ) throws {
        self.init(
            type: type, refID: refID, ttl: ttl?.milliseconds ?? 0,
            params: try JSONText(encoding: params, encoder), priority: priority,
            delay: delay?.milliseconds, maxRetries: maxRetries, retry: retry, group: group,
            traceparent: traceparent, requestID: requestID)
    }
}

extension Job {
    /// Decodes the params. A job without params is decoded like a JSON null.
    ///
    /// - Throws: `DecodingError` if the params are not a value of the type.
    public func decodeParams<Params: Decodable>(
        as type: Params.Type = Params.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Params {
        try params.decoded(as: type, decoder)
    }

    /// Decodes the progress that a worker has reported last, for example in an earlier attempt. A
    /// job without progress is decoded like a JSON null.
    ///
    /// - Throws: `DecodingError` if the progress is not a value of the type.
    public func decodeProgress<Progress: Decodable>(
        as type: Progress.Type = Progress.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Progress {
        try progress.decoded(as: type, decoder)
    }

    /// Decodes the result of the completed job. A job without a result is decoded like a JSON null.
    ///
    /// - Throws: `DecodingError` if the result is not a value of the type.
    public func decodeResult<Result: Decodable>(
        as type: Result.Type = Result.self, decoder: JSONDecoder = JSONDecoder()
    ) throws -> Result {
        try result.decoded(as: type, decoder)
    }
}

extension JSONText? {
    fileprivate func decoded<Value: Decodable>(as type: Value.Type, _ decoder: JSONDecoder) throws
        -> Value
    {
        try decoder.decode(type, from: Data(self?.bytes ?? Array("null".utf8)))
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

extension JSONText {
    /// The JSON of an encodable value; `nil` for a value that is encoded as null, which is the same
    /// as none on the wire.
    ///
    /// - Throws: `EncodingError`, see ``init(encoding:_:)``.
    static func unlessNull(_ value: some Encodable, _ encoder: JSONEncoder = JSONEncoder())
        throws -> JSONText?
    {
        let json = try JSONText(encoding: value, encoder)
        return json.bytes == Array("null".utf8) ? nil : json
    }
}
