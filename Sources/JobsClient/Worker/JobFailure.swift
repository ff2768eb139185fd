public import Foundation

/// An error with which a handler says how its job has failed.
///
///     throw JobFailure("No such customer", type: "UnknownCustomer", retry: false)
///
/// Any other error fails the job with the name of its type and its description, and the job is
/// tried again.
public struct JobFailure: Error {
    /// What went wrong, as the job shows it.
    public var error: AttemptError
    /// Whether the job may be tried again. If not, it has failed for good.
    public var retry: Bool
    /// The time until the next attempt; `nil` for ``JobsWorkerOptions/retryDelay``.
    public var delay: Duration?

    /// Creates a failure.
    ///
    /// - Parameters:
    ///   - message: What happened, for people.
    ///   - type: The kind of error, by which jobs can be found.
    ///   - details: Any JSON value, at most `AttemptError.maximumDetailsBytes`; larger ones are
    ///     left out.
    ///   - retry: Whether the job may be tried again.
    ///   - delay: The time until the next attempt; `nil` for ``JobsWorkerOptions/retryDelay``.
    public init(
        _ message: String, type: String = "JobFailure", details: JSONText? = nil,
        retry: Bool = true, delay: Duration? = nil
    ) {
        error = AttemptError(type: type, message: message, details: details)
        self.retry = retry
        self.delay = delay
    }

    /// Creates a failure whose details are an encoded value.
    ///
    /// - Parameters:
    ///   - message: What happened, for people.
    ///   - type: The kind of error, by which jobs can be found.
    ///   - details: The value to encode.
    ///   - retry: Whether the job may be tried again.
    ///   - delay: The time until the next attempt; `nil` for ``JobsWorkerOptions/retryDelay``.
    ///   - encoder: Encodes the details.
    /// - Throws: `EncodingError` if the details cannot be encoded.
    public init(
        _ message: String, type: String = "JobFailure", details: some Encodable,
        retry: Bool = true, delay: Duration? = nil, encoder: JSONEncoder = JSONEncoder()
    ) throws {
        self.init(
            message, type: type, details: try JSONText.unlessNull(details, encoder), retry: retry,
            delay: delay)
    }

    /// Creates a failure from another error, with the name of its type and its description.
    ///
    /// - Parameters:
    ///   - error: What went wrong.
    ///   - retry: Whether the job may be tried again.
    ///   - delay: The time until the next attempt; `nil` for ``JobsWorkerOptions/retryDelay``.
    public init(_ error: any Error, retry: Bool = true, delay: Duration? = nil) {
        self.init("\(error)", type: "\(Swift.type(of: error))", retry: retry, delay: delay)
    }
}

extension JobFailure: CustomStringConvertible {
    /// The type and the message of the error.
    public var description: String {
        [error.type, error.message].compactMap(\.self).joined(separator: ": ")
    }
}
