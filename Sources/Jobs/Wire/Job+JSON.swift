public import JSON

/// Selects the optional fields of a job that are written.
package enum JobView: Sendable {
    /// The fields for every caller.
    case plain
    /// The fields for the worker that has just claimed the job.
    case started(LockToken?)
    /// The fields for callers that ask for details.
    case details(stateName: String)
    /// The members that a caller asked for by their names.
    case selected(JobSelection, stateName: String?)
    /// Everything, for the files of a store, with an object of further members.
    case stored(LockToken?, unknown: JSONText?)

    /// The view for a caller, with details if it asked for them.
    ///
    /// - Parameter stateName: The name of the state; `nil` if the caller did not ask, or the
    ///   service is an older one that reports no states.
    package init(stateName: String?) {
        self = stateName.map { .details(stateName: $0) } ?? .plain
    }

    /// The view for a caller, with details if it asked for them.
    ///
    /// - Parameter state: The state; `nil` if the caller did not ask.
    package init(_ state: JobState?) {
        self.init(stateName: state?.rawValue)
    }
}

extension JSONWriter {
    /// A job as every client knows it: the ten fields, and the others that it has.
    public mutating func job(_ job: Job) {
        self.job(job, as: .plain)
    }

    package mutating func job(_ job: Job, as view: JobView) {
        if case .selected(let selection, let stateName) = view {
            return self.job(job, selection, stateName: stateName)
        }
        if case .plain = view, job.lacksBulk { return jobWithoutBulk(job) }
        beginObject()
        id(job.id)
        key("type")
        string(job.type)
        key("ref_id")
        string(job.refID)
        key("params")
        if let params = job.params { text(params) } else { null() }
        key("created")
        date(job.created)
        key("started")
        date(job.started)
        key("locked_until")
        date(job.lockedUntil)
        key("execute_until")
        date(job.executeUntil)
        key("completed")
        date(job.completed)
        key("retries")
        integer(job.retries)
        if job.priority != 0 {
            key("priority")
            integer(job.priority)
        }
        if let delayedUntil = job.delayedUntil {
            key("delayed_until")
            date(delayedUntil)
        }
        if job.hasExtras { extras(of: job, as: view) }
        switch view {
        case .plain, .selected: break
        case .started(let token): if let token { lockToken(token) }
        case .details(let stateName):
            key("state")
            string(stateName)
            if job.attempts.isEmpty {
                key("attempts")
                beginArray()
                endArray()
            }
        case .stored(let token, let unknown):
            if let token { lockToken(token) }
            if let unknown { members(of: unknown) }
        }
        endObject()
    }

    /// The members that only some jobs have, as a store keeps them.
    package mutating func extras(of job: Job) {
        extras(of: job, as: .stored(nil, unknown: nil))
    }

    private mutating func extras(of job: Job, as view: JobView) {
        var job = job
        let fields: [WireField<Job>]
        switch view {
        case .plain, .selected: fields = Self.commonExtras
        case .started:
            fields = Self.commonExtras
            job.hidesTraceparent = false
        case .details:
            fields = Self.detailedExtras
            job.hidesTraceparent = false
        case .stored: fields = Job.extraFields
        }
        members(fields, of: job)
    }

    private static let commonExtras = Job.extraFields.filter { $0.audience == .all }
    private static let detailedExtras = Job.extraFields.filter { $0.audience != .store }

    /// Writes the member `id`.
    package mutating func id(_ id: JobID) {
        key("id")
        hex(id.number, or: id)
    }

    /// Writes the member `lock_token`.
    package mutating func lockToken(_ token: LockToken) {
        key("lock_token")
        hex(token.number, or: token)
    }

    /// - Parameter view: Returns the view of each job.
    package mutating func page(_ page: JobPage, as view: (Job) -> JobView) {
        beginPage()
        for job in page.jobs { self.job(job, as: view(job)) }
        endPage(total: page.total)
    }

    /// A page of jobs as every client knows them.
    public mutating func page(_ page: JobPage) {
        self.page(page) { _ in .plain }
    }

    /// The part of a page that stands in front of its jobs.
    package mutating func beginPage() {
        beginObject()
        key("data")
        beginArray()
    }

    /// The part of a page that stands behind its jobs.
    package mutating func endPage(total: Int?) {
        endArray()
        key("total")
        if let total { integer(total) } else { null() }
        endObject()
    }

    /// Writes a date in ISO 8601; `nil` as null.
    public mutating func date(_ date: Timestamp?) {
        guard let date else { return null() }
        date.iso8601.withBytes { string(plain: $0) }
    }

    /// Writes a number in its digits or, if it is `nil`, the text.
    private mutating func hex(_ number: HexNumber?, or text: some CustomStringConvertible) {
        guard let number else { return string(text.description) }
        number.digits.withBytes { string(plain: $0) }
    }
}
