import Foundation
import JSON
import JobsClient
import NIOCore

/// Prints jobs as text for people, or as JSON for programs.
struct JobOutput {
    let json: Bool
    /// Whether to print exact times and whole cells in tables.
    let isWide: Bool

    init(_ service: ServiceOptions) {
        json = service.json
        isWide = service.wide
    }

    /// How to print times in tables.
    var moments: Moments { Moments(now: .now(), areExact: isWide) }

    func show(_ detailed: DetailedJob) {
        show(detailed.job, stateName: detailed.stateName)
    }

    /// - Parameter stateName: The state in the words of the service; `nil` derives it with the
    ///   clock of this machine.
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
        show(AttemptTable.rows(of: job.attempts, moments), flexible: ["WORKER", "ERROR"])
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
        guard !page.schedules.isEmpty else { return say("There are no such schedules.") }
        show(ScheduleTable.rows(of: page.schedules, moments), flexible: ["ID", "TYPE", "REF_ID"])
        if let total = page.total { print("\(total) schedules in all") }
    }

    /// - Parameter take: The number of jobs that were asked for.
    func show(_ page: DetailedJobPage, take: Int) {
        guard !json else {
            let names = Dictionary(page.jobs.map { ($0.job.id, $0.stateName) }) { $1 }
            let plain = JobPage(jobs: page.jobs.map(\.job), total: page.total)
            return write { $0.page(plain) { .init(stateName: names[$0.id] ?? nil) } }
        }
        if page.jobs.isEmpty {
            say("There are no such jobs.")
        } else {
            show(JobTable.rows(of: page.jobs, moments), flexible: ["TYPE", "REF_ID"])
        }
        if let total = page.total { print("\(total) jobs in all") }
        if let last = page.jobs.last, page.jobs.count >= take, page.total != page.jobs.count {
            say("There may be more: --after \(last.job.id.description.printable)")
        }
    }

    /// Prints lines of a name and a text.
    func show(_ lines: [(name: String, text: String)]) {
        for (name, text) in lines { print(name.padded(to: 18) + text) }
    }

    /// Prints a table, whose first row is its heading.
    /// - Parameter flexible: The headings of the columns that may be cut to fit the terminal.
    func show(_ rows: [[String]], flexible: Set<String> = []) {
        let width = isWide ? nil : Terminal.width
        for line in Table(rows: rows, flexible: flexible).lines(width: width) { print(line) }
    }

    /// Says something that is no part of the answer.
    func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    /// Says how old the numbers of an earlier call are.
    func say(asOf moment: Timestamp?) {
        if let moment { say("The service counted this before the call, at \(moment).") }
    }

    func write(_ body: (inout JSONWriter) -> Void) {
        var json = JSONWriter(capacity: 1024)
        body(&json)
        print(String(buffer: json.buffer))
    }
}

extension String {
    /// The text without line breaks and control characters, which could command a terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value ? "\u{FFFD}" : scalar
                }))
    }
}
