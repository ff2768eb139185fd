/// The id by which a call is found in the service's log and errors.
///
///     try await CorrelationID.$current.withValue("order-7") { try await client.add(job) }
public enum CorrelationID {
    /// Sent with every call that is made in this task; nil: none is sent.
    @TaskLocal public static var current: String?
}
