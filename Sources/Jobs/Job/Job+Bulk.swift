/// The large fields of a job, which answers for many jobs leave out when they get too large.
extension Job {
    /// Whether the large fields were left out. The wire then lacks the members, also `params`.
    package private(set) var lacksBulk: Bool {
        get { extrasPlace?.extras.lacksBulk ?? false }
        set { extras.lacksBulk = newValue }
    }

    /// Leaves out the fields whose size callers decide. The error and the attempts stay, since the
    /// service reads them, but they are not written.
    package mutating func leaveOutBulk() {
        params = nil
        if hasExtras {
            progress = nil
            result = nil
        }
        lacksBulk = true
    }
}

/// The size of the jobs in one answer: the first ones are whole, and those beyond the budget lack
/// their large fields. So a small request for a thousand large jobs, or a thousand times the same,
/// gets an answer of bounded size.
package struct BulkBudget: Sendable {
    private var left = BulkBudget.bytes
    private var isFirst = true

    /// The maximum size of the jobs of one answer, in bytes. A single job may be larger.
    ///
    /// Callers know these jobs already, so it is less than that of a claim: many answers may be on
    /// their way at a time.
    package static let bytes = 4 << 20

    package init() {}

    /// Leaves out the large fields of a job if they exceed the budget.
    package mutating func spend(on job: inout Job) {
        let weight = job.weight
        defer { isFirst = false }
        if isFirst || weight <= left {
            left = max(left - weight, 0)
        } else {
            // Callers see where the whole jobs end, so smaller ones behind this are not whole
            // either.
            left = 0
            job.leaveOutBulk()
        }
    }
}

extension BulkBudget {
    /// Spends the budget on the jobs of several results, in order. A single one stays whole.
    package static func bound<Failure>(_ results: inout [Result<Job?, Failure>]) {
        bound(&results, job: { $0 }, value: { $0 })
    }

    /// Spends the budget on the jobs of several results, in order. A single one stays whole.
    package static func bound<Failure>(_ results: inout [Result<Job, Failure>]) {
        bound(&results, job: { $0 }, value: { $0 })
    }

    private static func bound<Value, Failure>(
        _ results: inout [Result<Value, Failure>], job: (Value) -> Job?, value: (Job) -> Value
    ) {
        guard results.count > 1 else { return }
        var budget = BulkBudget()
        for index in results.indices {
            guard case .success(let found) = results[index], var job = job(found) else { continue }
            budget.spend(on: &job)
            if job.lacksBulk { results[index] = .success(value(job)) }
        }
    }
}

/// The budgets of several batches that share one command. The others get whole jobs.
package struct BulkBudgets: Sendable {
    /// The batch of each job that only one batch is about.
    private let batches: [JobID: UInt64]
    private var budgets: [UInt64: BulkBudget] = [:]

    package init(_ changes: [JobChange]) {
        guard changes.contains(where: { $0.batch != nil }) else {
            batches = [:]
            return
        }
        var batches: [JobID: UInt64?] = [:]
        for change in changes {
            let isFirst = batches[change.id] == nil
            if isFirst || batches[change.id] == change.batch {
                batches[change.id] = .some(change.batch)
            } else {
                batches[change.id] = .some(nil)
            }
        }
        self.batches = batches.compactMapValues(\.self)
    }

    /// Leaves out the large fields of a job if they exceed the budget of its batch.
    package mutating func spend(on job: inout Job) {
        guard let batch = batches[job.id] else { return }
        budgets[batch, default: BulkBudget()].spend(on: &job)
    }
}
