import JobsClient

/// Types of jobs as text for people.
struct TypeTable {
    /// The time of this machine, by which ages are told.
    let now: Timestamp

    /// The rows of a table, the heading first. It fits on a line of 80 columns for names of types
    /// of up to 12 characters.
    func rows(of types: [TypeStatus]) -> [[String]] {
        [
            [
                "TYPE", "READY", "OLDEST", "DELAYED", "RUNNING", "FAILED", "WORKERS", "CLAIMED",
                "PAUSED",
            ]
        ]
            + types.map { type in
                let counts = type.counts
                let limit = type.limits?.maxRunning.map { "/\($0)" } ?? ""
                return [
                    type.type.printable, "\(counts.ready)",
                    counts.ready > 0 ? Self.short(counts.oldestReady) : "-", "\(counts.delayed)",
                    "\(counts.running)\(limit)", "\(counts.failed)", "\(type.workers.count)",
                    type.lastClaim.map(age) ?? "-", type.pause.map { age($0.since) } ?? "-",
                ]
            }
    }

    /// The status of one type, as lines of a name and a text.
    func lines(of type: TypeStatus, pauseOfAllTypes: TypePause? = nil) -> [(String, String)] {
        var lines = [("type", type.type.printable)]
        if let pause = pauseOfAllTypes { lines.append(("all paused", text(of: pause))) }
        if let pause = type.pause { lines.append(("paused", text(of: pause))) }
        lines += type.counts.byState.map { ($0.state, "\($0.count)") }
        if type.counts.ready > 0 {
            lines.append(
                ("oldest ready", "\(AttemptTable.text(milliseconds: type.counts.oldestReady))"))
        }
        lines += limits(of: type.limits)
        if let retry = type.retry { lines.append(("retry", text(of: retry))) }
        if let retention = type.retention { lines.append(("retention", text(of: retention))) }
        lines.append(("waiting claims", "\(type.waiting)"))
        lines.append(("last claim", type.lastClaim.map { "\($0)" } ?? "-"))
        return lines
    }

    /// The rows of a table of workers, the heading first.
    func rows(of workers: [SeenWorker]) -> [[String]] {
        [["WORKER", "RUNNING", "CLAIMED"]]
            + workers.map { ["\($0.worker.printable)", "\($0.running)", "\(age($0.lastClaim))"] }
    }

    func text(of pause: TypePause) -> String {
        let reason = pause.reason.map { ": \($0.printable)" } ?? ""
        let until = pause.until.map { " until \($0)" } ?? ""
        return "since \(pause.since)\(until)\(reason)"
    }

    private func limits(of limits: TypeLimits?) -> [(String, String)] {
        guard let limits else { return [] }
        var lines: [(String, String)] = []
        if let limit = limits.maxRunning { lines.append(("max running", "\(limit)")) }
        if let limit = limits.maxRunningPerGroup { lines.append(("max per group", "\(limit)")) }
        if let rate = limits.maxStarts {
            let period = AttemptTable.text(milliseconds: rate.period)
            lines.append(("max starts", "\(rate.count) in \(period)"))
        }
        return lines
    }

    private func text(of retry: RetryPolicy) -> String {
        let parts = [
            retry.backoff.map(\.rawValue),
            retry.delay.map { "delay \(AttemptTable.text(milliseconds: $0))" },
            retry.maxDelay.map { "at most \(AttemptTable.text(milliseconds: $0))" },
            retry.jitter.map { "jitter \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: ", ")
    }

    private func text(of retention: TypeRetention) -> String {
        let parts = [
            ("completed", retention.completed), ("failed", retention.failed),
            ("cancelled", retention.cancelled), ("expired", retention.expired),
        ]
        return parts.compactMap { name, time in
            time.map { "\(name) \(AttemptTable.text(milliseconds: $0))" }
        }.joined(separator: ", ")
    }

    private func age(_ time: Timestamp) -> String {
        Self.short(now.milliseconds(since: time))
    }

    /// A duration in its largest unit, such as `3m`.
    private static func short(_ milliseconds: Int64) -> String {
        let text = AttemptTable.text(milliseconds: max(milliseconds, 0))
        return String(text.prefix { $0 != " " })
    }
}

extension JobOutput {
    func show(_ page: TypePage) {
        guard !json else {
            return write { $0.types(page) }
        }
        let table = TypeTable(now: .now())
        show(table.rows(of: page.types))
        if let pause = page.pause { print("All types are paused \(table.text(of: pause))") }
        if let total = page.total { print("\(total) types in all") }
    }

    /// - Parameter since: Since when the rates of the type are counted; `nil` if it has none.
    func show(_ type: TypeStatus, pauseOfAllTypes: TypePause? = nil, since: Timestamp? = nil) {
        guard !json else {
            return write { $0.type(type) }
        }
        let table = TypeTable(now: .now())
        show(table.lines(of: type, pauseOfAllTypes: pauseOfAllTypes))
        if let since {
            print()
            show(RateTable(now: table.now, since: since).rows(of: [type]))
        }
        guard !type.workers.isEmpty else { return }
        print()
        show(table.rows(of: type.workers))
    }

    func show(_ explanation: JobExplanation) {
        guard !json else {
            return write { $0.explanation(explanation) }
        }
        print(explanation.message.printable)
        print()
        var lines = [
            ("job", explanation.job.id.description.printable),
            ("state", explanation.stateName.printable),
            ("code", explanation.code.rawValue.printable),
        ]
        if let since = explanation.since { lines.append(("since", "\(since)")) }
        if let until = explanation.until { lines.append(("until", "\(until)")) }
        for (name, value) in explanation.details.members {
            lines.append((name.printable, (value.string ?? value.text.description).printable))
        }
        show(lines)
    }
}

extension JSONText {
    /// The members of an object; empty for other values.
    fileprivate var members: [(name: String, value: JSONValue)] {
        value(recordedDepth: 1)?.members ?? []
    }
}
