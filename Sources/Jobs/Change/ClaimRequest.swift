/// The request of a claim that a job was started for, until the job is started again.
///
/// A claim with a request id is served once: a repeated claim gets the jobs that have its request.
package struct ClaimRequest: Sendable {
    /// The request id of the claim. Ids are compared byte by byte.
    package var id: ExactText
    /// The number of the job among those that the claim asked for, from 0. Each is started once.
    package var slot: Int
    /// Whether the claim was repeated, so that another caller than the first may have the job.
    package var isRepeated: Bool

    package init(_ id: ExactText, slot: Int, isRepeated: Bool = false) {
        self.id = id
        self.slot = slot
        self.isRepeated = isRepeated
    }
}

/// Requests are compared by their id and slot, whether they were repeated or not.
extension ClaimRequest: Hashable {
    package static func == (one: ClaimRequest, other: ClaimRequest) -> Bool {
        one.slot == other.slot && one.id == other.id
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(slot)
    }
}

extension ClaimRequest: WireObject {
    init() { self.init(ExactText(""), slot: 0) }

    static let fields: [WireField<ClaimRequest>] = [
        .required("id", \.name), .required("slot", \.slot, .integer(0 ... .max)),
        .optional("repeated", \.isRepeated, unset: false),
    ]

    private var name: String {
        get { id.text }
        set { id = ExactText(newValue) }
    }
}

extension Job {
    /// The maximum length of a request id, in Unicode scalars.
    public static let maximumRequestIDLength = 128

    /// Whether the job is still under the lease of its last start, live or lapsed.
    package func isUnderLease(at now: Timestamp) -> Bool {
        started != nil && !isEnded(at: now)
    }
}

extension NewJob {
    /// The beginning of the request ids of firings of schedules, which callers cannot use.
    package static let firingPrefix = "schedule:"

    /// The request id of the job that a firing of a schedule adds. It may be longer than those of
    /// callers.
    package static func firingRequestID(of schedule: String, at time: Timestamp) -> String {
        "\(firingPrefix)\(schedule):\(time.iso8601)"
    }
}

extension JobsError {
    /// - Throws: ``refused(reason:)`` for a request id that callers cannot use.
    static func check(requestID id: String?) throws(JobsError) {
        guard let id else { return }
        guard !id.isEmpty else { throw .refused(reason: "request_id must not be empty") }
        try check("request_id", id, characters: Job.maximumRequestIDLength)
    }

    /// - Throws: ``refused(reason:)`` for a request id that belongs to a firing of a schedule.
    static func check(addRequestID id: String?) throws(JobsError) {
        try check(requestID: id)
        guard let id, id.utf8.starts(with: NewJob.firingPrefix.utf8) else { return }
        throw .refused(
            reason:
                "request_id must not begin with \(NewJob.firingPrefix), as those of schedules do")
    }
}
