/// An entry of the audit: an act of an operator or an administrator, with its caller and its jobs.
///
/// It is kept in a record of the kind ``RecordKind/audit`` whose key is the id. Adding, claiming
/// and finishing jobs is not recorded.
public struct AuditEntry: Sendable, Equatable {
    /// The id of the entry. Ids increase.
    public var id: String
    /// When it happened, by the clock of the store.
    public var at: Timestamp
    /// The operation of the service, such as `delete_jobs`; `end_operation` for the end of a bulk
    /// operation.
    public var command: String
    /// The caller; `nil` if callers are not known, or the service did it.
    public var principal: String?
    /// `done`, or `failed` if it is unknown whether it was carried out; for the end of a bulk
    /// operation its state.
    public var outcome: String
    /// The type of the jobs; `nil` if it does not concern one type.
    public var type: String?
    /// The job; `nil` if it does not concern one job.
    public var jobID: String?
    /// The bulk operation; `nil` if it does not concern one.
    public var operationID: String?
    /// The schedule; `nil` if it does not concern one.
    public var schedule: String?
    /// The action of the bulk operation; `nil` if it does not concern one.
    public var action: String?
    /// The number of jobs; `nil` if it is not known.
    public var jobs: Int?
    /// The number of jobs that were left as they were; `nil` if it is not known.
    public var skipped: Int?
    /// The number of jobs that the store has refused to change; `nil` if it is not known.
    public var errors: Int?
    /// The filter as JSON, perhaps shortened; `nil` for none.
    public var filter: String?
    /// Why, as the caller gave it; `nil` for none.
    public var reason: String?
    /// The settings that were given, perhaps shortened; `nil` for none.
    public var settings: String?

    /// How long entries are kept, in milliseconds.
    public static let lifetime: Int64 = 30 * 86_400_000
    /// The maximum number of entries that are kept.
    public static let maximumCount = 10_000

    /// Creates an entry. The trail sets its id and its time.
    ///
    /// - Parameters:
    ///   - command: The operation of the service.
    ///   - outcome: Whether it was done.
    public init(command: String, outcome: String) {
        id = ""
        at = Timestamp(milliseconds: 0)
        self.command = command
        self.outcome = outcome
    }
}

/// Which entries of the audit to return. Without conditions, all match.
public struct AuditQuery: Sendable {
    /// Only entries about jobs of this type; `nil` for any.
    public var type: String?
    /// Only entries of this time or later; `nil` for no lower bound.
    public var from: Timestamp?
    /// Only entries of this time or earlier; `nil` for no upper bound.
    public var to: Timestamp?
    /// The maximum number of entries, 1 to ``maximumCount``.
    public var max: Int
    /// Only entries that are older than the one with this id; `nil` for the newest. It need not
    /// exist.
    public var after: String?

    /// The largest value of ``max``.
    public static let maximumCount = 1000

    /// Creates a query. Without arguments it asks for the newest 100 entries.
    public init(
        type: String? = nil, from: Timestamp? = nil, to: Timestamp? = nil, max: Int = 100,
        after: String? = nil
    ) {
        self.type = type
        self.from = from
        self.to = to
        self.max = max
        self.after = after
    }

    /// Whether an entry meets the conditions.
    package func includes(_ entry: AuditEntry) -> Bool {
        (type.map { $0.utf8.elementsEqual((entry.type ?? "").utf8) && entry.type != nil } ?? true)
            && (from.map { entry.at >= $0 } ?? true) && (to.map { entry.at <= $0 } ?? true)
    }
}
