import JSON
import Jobs
import JobsTestSupport
import NIOCore
import Testing

@Suite("The table of fields")
struct FieldsTests {
    private static let full = Job.sample(
        params: JSONText(validated: Array("[1]".utf8)), created: 1, started: 2, lockedUntil: 3,
        executeUntil: 4, completed: 5, retries: 6, priority: 7, delayedUntil: 8)

    private static let jobs = [
        Job.sample(), full, .sample(priority: -1), .sample(delayedUntil: 1), .running(),
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

        #expect(try written { $0.job(job) }.text == fromTable.text)
    }

    @Test("every field is written under its name, as the kind that it is")
    func kinds() throws {
        let json = try written { $0.job(Self.full) }

        #expect(json.members.map(\.name) == Job.fields.map(\.name))
        for field in Job.fields {
            let value = try #require(json[field.name])
            #expect(field.kind.value(value) == field.value(Self.full), "\(field.name)")
            #expect(field.kind.value(value) != nil, "\(field.name)")
        }
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
        let json = try written { $0.job(job) }

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
                case .text: .text("x")
                case .date: .date(.noon())
                case .integer: .integer(5)
                case .boolean: .boolean(true)
                case .json: .json(JSONText(validated: Array("{}".utf8)))
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
