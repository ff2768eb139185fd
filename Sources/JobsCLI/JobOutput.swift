import JSON
import JobsClient
import NIOCore

/// Prints jobs as text for people, or as JSON for programs.
struct JobOutput {
    let json: Bool

    func show(_ detailed: DetailedJob) {
        show(detailed.job, stateName: detailed.stateName)
    }

    /// - Parameter stateName: The state in the words of the service; `nil` derives it with the clock of
    ///   this machine.
    func show(_ job: Job, lockToken: LockToken? = nil, stateName: String? = nil) {
        guard !json else {
            return write { json in
                if let lockToken {
                    json.job(job, as: .started(lockToken))
                } else {
                    json.job(job, as: .init(stateName: stateName))
                }
            }
        }
        let state = stateName ?? job.state(at: .now()).rawValue
        // Attempts have a table of their own.
        var fields = Job.fields.filter { $0.audience == .all }.compactMap { field in
            field.value(job).map { (field.name, "\($0)") }
        }
        // Behind the fields that identify the job.
        fields.insert(("state", state), at: 3)
        if let lockToken { fields.append(("lock_token", "\(lockToken)")) }
        // The params come last, since they may be long.
        if let params = fields.firstIndex(where: { $0.0 == "params" }) {
            fields.append(fields.remove(at: params))
        }
        show(fields.map { ($0.0, $0.1.printable) })
        guard !job.attempts.isEmpty else { return }
        print()
        show(AttemptTable.rows(of: job.attempts))
    }

    func show(_ replayed: ReplayedJobs, isDryRun: Bool) {
        guard !json else {
            return write { $0.replayed(replayed) }
        }
        for id in replayed.ids { print(id.description.printable) }
        print("\(replayed.ids.count) jobs \(isDryRun ? "would be replayed" : "replayed")")
        guard replayed.skipped > 0 else { return }
        print("\(replayed.skipped) unique jobs skipped, since there are newer ones in their place")
    }

    func show(_ schedule: Schedule) {
        guard !json else { return write { $0.schedule(schedule) } }
        var fields = Schedule.shownFields.compactMap { field in
            field.value(schedule).map { (field.name, "\($0)") }
        }
        // The job comes last, since it may be long.
        if let job = fields.firstIndex(where: { $0.0 == "new_job" }) {
            fields.append(fields.remove(at: job))
        }
        for (name, value) in fields { print(name.padded(to: 18) + value.printable) }
    }

    func show(_ page: SchedulePage) {
        guard !json else { return write { $0.page(page) } }
        show(ScheduleTable.rows(of: page.schedules))
        if let total = page.total { print("\(total) schedules in all") }
    }

    func show(_ page: DetailedJobPage) {
        guard !json else {
            let names = Dictionary(page.jobs.map { ($0.job.id, $0.stateName) }) { $1 }
            let plain = JobPage(jobs: page.jobs.map(\.job), total: page.total)
            return write { $0.page(plain) { .init(stateName: names[$0.id] ?? nil) } }
        }
        let now = Timestamp.now()
        var rows = [["ID", "TYPE", "REF_ID", "STATE", "RETRIES", "CREATED", "UNTIL"]]
        for detailed in page.jobs {
            let job = detailed.job
            // An older service sends no states, and has only those that the fields of a job show.
            let state = detailed.stateName ?? job.state(at: now).rawValue
            let until: Timestamp? =
                switch JobState(rawValue: state) {
                case .running: job.lockedUntil
                case .delayed: job.delayedUntil
                case .ready, .expired, .exhausted: job.executeUntil
                case .completed: job.completed
                case .failed: job.failed
                case .cancelled: job.cancelled
                default: nil
                }
            rows.append([
                "\(job.id)", job.type.printable, job.refID.printable, state.printable,
                "\(job.retries)", "\(job.created)", until.map { "\($0)" } ?? "-",
            ])
        }
        show(rows)
        if let total = page.total { print("\(total) jobs in all") }
    }

    /// Prints lines of a name and a text.
    func show(_ lines: [(name: String, text: String)]) {
        for (name, text) in lines { print(name.padded(to: 18) + text) }
    }

    /// Prints a table, whose first row is its heading.
    func show(_ rows: [[String]]) {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0.padded(to: $1) }
            print(cells.joined(separator: "  ").trimmingTrailingBlanks)
        }
    }

    func write(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 1024)
        body(&json)
        print(String(buffer: json.buffer))
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }

    fileprivate var trimmingTrailingBlanks: Substring {
        self[...(lastIndex { $0 != " " } ?? startIndex)]
    }

    /// The text without line breaks and control characters, which could command a terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value ? "\u{FFFD}" : scalar
                }))
    }
}
