public import Foundation

/// Reports the progress of a job, and tells its handler whether it has to stop.
public struct JobContext: Sendable {
    private let leases: WorkerLeases
    private let ticket: WorkerLeases.Ticket

    init(_ leases: WorkerLeases, _ ticket: WorkerLeases.Ticket) {
        self.leases = leases
        self.ticket = ticket
    }

    /// Whether the handler has to stop: because the job is to be cancelled, because the lease is
    /// lost, or because the worker stops.
    ///
    /// The task of the handler is cancelled at the same moment, so that `Task.isCancelled` and
    /// `Task.checkCancellation()` say the same within it.
    public var isCancelled: Bool {
        Task.isCancelled || isCancelRequested || leases.loss(of: ticket) != nil
    }

    /// Whether the handler has to stop because the job is to be cancelled: it will not be tried
    /// again.
    ///
    /// The worker learns of it when it extends the lease, after at most a third of its duration.
    public var isCancelRequested: Bool { leases.isCancelRequested(ticket) }

    /// Reports the progress of the work. The job shows it, and the next attempt finds it in
    /// `Job.progress` if this one fails.
    ///
    /// The call does not wait. The worker sends the last progress with the next extension of the
    /// lease, at most every ``JobsWorkerOptions/progressInterval``, and when the handler ends.
    ///
    /// - Parameters:
    ///   - value: The progress, at most `Job.maximumProgressBytes` of JSON. A value that is encoded
    ///     as null is ignored.
    ///   - encoder: Encodes the progress.
    /// - Throws: `EncodingError` if the value cannot be encoded; ``JobsClientError`` if it is too
    ///   large.
    public func progress(_ value: some Encodable, encoder: JSONEncoder = JSONEncoder()) throws {
        if let json = try JSONText.unlessNull(value, encoder) { try progress(json) }
    }

    /// Reports the progress of the work as JSON, see ``progress(_:encoder:)``.
    ///
    /// - Parameter json: The progress, at most `Job.maximumProgressBytes`.
    /// - Throws: ``JobsClientError`` if the progress is too large.
    public func progress(_ json: JSONText) throws {
        do throws(JobsError) {
            try Act.extend(timeout: 0, progress: json).checkLimits()
        } catch {
            throw JobsClientError(error)
        }
        leases.report(json, for: ticket)
    }
}
