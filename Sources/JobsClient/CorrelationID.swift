/// The id that identifies calls in the log and the errors of the service.
///
///     try await CorrelationID.$current.withValue("order-7") { try await client.add(job) }
public enum CorrelationID {
    /// The correlation id that every call in this task sends; `nil` if calls send none.
    @TaskLocal public static var current: String?
}
