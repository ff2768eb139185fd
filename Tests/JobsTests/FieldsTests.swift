import JSON
import Jobs
import JobsTestSupport
import NIOCore
import Testing

@Suite("The table of fields")
struct FieldsTests {
    private static let full = {
        var job = Job.sample(
            params: JSONText(validated: Array("[1]".utf8)), created: 1, started: 2, lockedUntil: 3,
            executeUntil: 4, completed: 5, retries: 6, priority: 7, delayedUntil: 8)
        job.maxRetries = 9
        job.retry = RetryPolicy(backoff: .linear, delay: 1, maxDelay: 2, jitter: 0.5)
        job.group = "g"
        job.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        job.worker = "w"
        job.progress = JSONText(validated: Array("0.5".utf8))
        job.result = JSONText(validated: Array("{}".utf8))
        job.error = AttemptError(
            type: "T", message: "m", details: JSONText(validated: Array("[{}]".utf8)))
        job.errorKey = "m"
        job.errored = .noon(9)
        job.failed = .noon(10)
        job.cancelled = .noon(11)
        job.cancelRequested = .noon(12)
        job.attempts = [
            Attempt(
                number: 1, started: .noon(1), ended: .noon(2), outcome: .failed, worker: "w",
                error: job.error, delay: 5, reason: .limit),
            Attempt(number: 2, started: nil, ended: .noon(2), outcome: .lapsed),
        ]
        job.budgetStart = 4
        job.isUnique = true
        job.requestID = "r"
        job.claimRequest = ClaimRequest(ExactText("c"), slot: 2)
        return job
    }()

    private static let hidden = {
        var job = Job.sample()
        job.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        job.hidesTraceparent = true
        return job
    }()

    private static let jobs = [
        Job.sample(), full, hidden, .sample(priority: -1), .sample(delayedUntil: 1), .running(),
    ]

    private func written(_ write: (inout JSONWriter) -> Void) throws -> JSONValue {
        var writer = JSONWriter(capacity: 512)
        write(&writer)
        return try JSONOutline(writer.buffer, recordedDepth: 1).root
    }

    @Test("what is written of a job is what the table says", arguments: jobs)
    func writer(job: Job) throws {
        let fromTable = try written { json in
            json.beginObject()
            json.members(Job.fields, of: job)
            json.endObject()
        }

        #expect(try written { $0.job(job, as: .stored(nil, unknown: nil)) }.text == fromTable.text)
    }

    @Test("every field is written under its name, as the kind that it is")
    func kinds() throws {
        let json = try written { $0.job(Self.full, as: .stored(nil, unknown: nil)) }

        let fields = Job.fields.filter { $0.name != "hidden_traceparent" }
        #expect(json.members.map(\.name) == fields.map(\.name))
        for field in fields {
            let value = try #require(json[field.name])
            #expect(field.kind.value(value) == field.value(Self.full), "\(field.name)")
            #expect(field.kind.value(value) != nil, "\(field.name)")
        }
    }

    @Test("each caller sees the fields that are meant for it")
    func audiences() throws {
        let names = { (job: Job, view: JobView) in
            Set(try written { $0.job(job, as: view) }.members.map(\.name))
        }
        let all = Set(Job.fields.filter { $0.audience == .all }.map(\.name))

        #expect(try names(Self.full, .plain) == all)
        #expect(try names(Self.full, .started(LockToken("t"))) == all.union(["lock_token"]))
        #expect(
            try names(Self.full, .details(stateName: "failed"))
                == all.union(["state", "attempts", "error_key"]))
        #expect(!(try names(Self.hidden, .plain).contains("traceparent")))
        #expect(try names(Self.hidden, .started(nil)).contains("traceparent"))
        #expect(try names(Self.hidden, .details(stateName: "ready")).contains("traceparent"))
        #expect(try names(.sample(), .details(stateName: "ready")).contains("attempts"))
    }

    @Test("members that are asked for by name are written, in the usual order, and the id")
    func selection() throws {
        let names = { (job: Job, asked: [String]) in
            let selection = JobSelection(asked)
            let state = selection.hasState ? "failed" : nil
            return try written { $0.job(job, as: .selected(selection, stateName: state)) }
                .members.map(\.name)
        }

        #expect(try names(Self.full, []) == ["id"])
        #expect(
            try names(Self.full, ["retries", "type", "params", "type"])
                == ["id", "type", "params", "retries"])
        #expect(
            try names(Self.full, ["state", "attempts", "error_key"])
                == ["id", "attempts", "error_key", "state"])
        #expect(try names(.sample(), ["priority", "started"]) == ["id", "started"])
        #expect(try names(.sample(), ["attempts"]) == ["id", "attempts"])
        #expect(!JobSelection.names.contains("unique"))
        #expect(JobSelection(["params"]).needless == ["attempts", "progress", "result"])
    }

    @Test("only what is required is written of a job that has no more, null where it may be")
    func required() throws {
        let json = try written { $0.job(.sample()) }

        let required = Job.fields.filter(\.isRequired)
        #expect(json.members.map(\.name) == required.map(\.name))
        for field in required {
            #expect((json[field.name]?.kind == .null) == field.isNullable, "\(field.name)")
        }
    }

    @Test("what is written of a job reads back", arguments: jobs, [true, false])
    func readBack(job: Job, isStrict: Bool) throws {
        let json = try written { $0.job(job, as: .stored(nil, unknown: nil)) }

        #expect(try Job(json, JobReading(needed: ["id"], isStrict: isStrict)) == job)
    }

    @Test("what is missing or of another kind is a mistake, or as good as none")
    func strictness() throws {
        let json = try written { json in
            json.beginObject()
            json.id(JobID("x"))
            json.key("retries")
            json.string("many")
            json.endObject()
        }

        let lenient = try Job(json, JobReading(needed: ["id"], isStrict: false))
        #expect(
            lenient
                == Job(
                    id: JobID("x"), type: "", refID: "", created: Timestamp(milliseconds: 0)))
        for (reading, name) in [
            (JobReading(needed: ["id"], isStrict: true), "retries"),
            (JobReading(needed: ["created"], isStrict: false), "created"),
        ] {
            let failure = #expect(throws: JobReading.Failure.self) { try Job(json, reading) }
            #expect(failure?.name == name)
        }
    }

    @Test("every field of a new job and of a filter has a place of its own")
    func places() {
        check(NewJob.fields, of: NewJob(type: "", refID: ""))
        check(JobFilter.fields, of: JobFilter())
    }

    private func check<Root>(_ fields: [WireField<Root>], of empty: Root) {
        for field in fields {
            let value: WireValue =
                switch field.kind {
                case .text, .name: .text("x")
                case .choice(let names): .text(names[0])
                case .date: .date(.noon())
                case .integer: .integer(5)
                case .number: .number(0.5)
                case .boolean: .boolean(true)
                case .json, .object: .json(JSONText(validated: Array("{}".utf8)))
                case .list, .integers: .json(JSONText(validated: Array("[]".utf8)))
                }
            var root = empty
            field.set(&root, value)
            for other in fields {
                let expected = other.name == field.name ? value : other.value(empty)
                #expect(other.value(root) == expected, "\(other.name) after \(field.name)")
            }
        }
    }
}
