/// A background operation that applies one action to every matching job. It continues after the
/// caller disconnects, and on another instance after its instance has stopped.
///
/// It is kept in a record of the kind ``RecordKind/operation`` whose key is the id.
public struct BulkOperation: Sendable, Equatable {
    /// The id of the operation; `nil` for a dry run, which is not kept. Ids increase.
    public var id: String?
    /// The action on each job.
    public var action: Action
    /// The conditions on the jobs.
    public var filter: JobFilter
    /// Only jobs that were created at this time or earlier are treated.
    public var before: Timestamp
    /// The state of the operation.
    public var state: State
    /// When the operation was requested.
    public var created: Timestamp
    /// The caller that requested it; `nil` if callers are not known.
    public var startedBy: String?
    /// Why, for people; `nil` for none.
    public var reason: String?
    /// The milliseconds between ``created`` and ``begins``.
    public var startDelay: Int64
    /// The operation treats no job before this time; `nil` without a ``startDelay``.
    public var begins: Timestamp?
    /// When the first batch began; `nil` before.
    public var started: Timestamp?
    /// When the operation last made progress; `nil` before it has started.
    public var updated: Timestamp?
    /// When the operation ended; `nil` while it waits or runs.
    public var ended: Timestamp?
    /// The caller that has cancelled it; `nil` if there is none, or callers are not known.
    public var cancelledBy: String?
    /// The number of jobs that were treated.
    public var done: Int
    /// The number of jobs that matched, but had changed before they were treated, or to which the
    /// action does not apply.
    public var skipped: Int
    /// The number of jobs that the store has refused to change.
    public var errors: Int
    /// Why the store last refused to change a job, or why the operation has failed.
    public var lastError: String?
    /// The number of jobs that matched when the operation was requested; exact once it is done.
    public var total: Int
    /// Whether more jobs match than ``total``, which were not counted.
    public var isTotalAtLeast: Bool
    /// The delay of replayed jobs in milliseconds; `nil` for none.
    public var delay: Int64?
    /// The new time to live of replayed jobs in milliseconds; `nil` keeps the old one.
    public var ttl: Int64?
    /// Whether the jobs were only counted.
    public var isDryRun: Bool

    /// The id of the last job that was treated; `nil` at the beginning.
    package var position: JobID?
    /// The batch that is under way, which may be done in part if its instance has stopped.
    package var batch: Batch?
    /// How many batches were begun.
    package var step: Int

    /// The part of the jobs that is treated at the moment: those behind the position.
    package struct Batch: Sendable, Equatable {
        /// The last id of the part; `nil` for all that follow.
        package var end: JobID?
        /// The number of jobs.
        package var count: Int

        package init(end: JobID?, count: Int) {
            self.end = end
            self.count = count
        }
    }

    /// The number of matching jobs up to which they are counted exactly.
    public static let exactCount = 10_000
    /// The maximum length of a ``reason``, in Unicode scalars.
    public static let maximumReasonLength = 200
    /// The maximum of ``startDelay``, in milliseconds.
    public static let maximumStartDelay: Int64 = 3_600_000
    /// The maximum number of operations that have not ended. A further one is refused with 503.
    public static let maximumOpen = 100

    /// Creates an operation that waits.
    ///
    /// - Parameters:
    ///   - action: The action on each job.
    ///   - filter: The conditions on the jobs.
    ///   - now: When it was requested.
    public init(_ action: Action, _ filter: JobFilter, at now: Timestamp) {
        self.action = action
        self.filter = filter
        before = now
        state = .waiting
        created = now
        startDelay = 0
        done = 0
        skipped = 0
        errors = 0
        total = 0
        isTotalAtLeast = false
        isDryRun = false
        step = 0
    }

    /// The number of jobs that were treated, skipped or refused.
    public var passed: Int { done.addingClamped(skipped).addingClamped(errors) }

    /// Whether the operation is done, cancelled or failed.
    public var isEnded: Bool { ended != nil }

    /// An action on each job of an operation.
    public struct Action: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// Failed, cancelled, exhausted and expired jobs are made claimable again.
        public static let replay = Action(name: "replay")
        /// Jobs that have not ended are cancelled: at once, or when their leases end.
        public static let cancel = Action(name: "cancel")
        /// Jobs that have not ended are completed.
        public static let complete = Action(name: "complete")
        /// Jobs are removed, regardless of their state.
        public static let delete = Action(name: "delete")

        /// All actions.
        public static let allCases: [Action] = [replay, cancel, complete, delete]
    }

    /// The state of an operation.
    public struct State: KnownName {
        /// The name on the wire.
        public let rawValue: String

        private init(name: String) {
            rawValue = name
        }

        /// It has not begun.
        public static let waiting = State(name: "waiting")
        /// It is under way.
        public static let running = State(name: "running")
        /// All matching jobs were processed.
        public static let done = State(name: "done")
        /// It was cancelled. Jobs that were treated before stay as they are.
        public static let cancelled = State(name: "cancelled")
        /// It cannot go on, see ``BulkOperation/lastError``.
        public static let failed = State(name: "failed")

        /// All states.
        public static let allCases: [State] = [waiting, running, done, cancelled, failed]
    }
}
