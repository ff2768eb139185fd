import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

/// The insert commands of new jobs, without a database.
@Suite("Job inserts")
struct JobInsertTests {
    private func job(_ number: Int, params: JSONText? = nil) -> Job {
        var job = Job(
            id: JobID("\(number)"), type: "mail", refID: "ref \(number)",
            created: Timestamp(milliseconds: 1000))
        job.params = params
        return job
    }

    private func text(bytes: Int) throws -> JSONText {
        try JSONText("\"" + String(repeating: "x", count: bytes) + "\"")
    }

    private func ids(_ insert: JobInsert) -> [String?] {
        insert.command["documents"]?.array?.map { $0.document?["_id"]?.string } ?? []
    }

    @Test("jobs are written as their documents, in order")
    func documents() throws {
        let jobs = try [job(0), job(1, params: JSONText(#"{"a":[1,"é"]}"#)), job(2)]
        let insert = JobInsert(jobs, into: "jobs")

        #expect(insert.command["insert"]?.string == "jobs")
        #expect(insert.command["ordered"]?.bool == false)
        #expect(insert.indices == [0, 1, 2] && insert.end == 3 && insert.refusals.isEmpty)
        let documents = insert.command["documents"]?.array?.map(\.document)
        #expect(try documents == jobs.map { try JobDocument.new($0) })
        _ = try BSONDocument(checking: Array(insert.command.bytes))
    }

    @Test("what does not fit into one command goes into the next ones")
    func several() throws {
        let large = try text(bytes: 6 << 20)
        let jobs = (0..<5).map { job($0, params: large) } + [job(5)]
        var starts: [Int] = []
        var start = 0
        var found: [String?] = []
        while start < jobs.count {
            let insert = JobInsert(jobs, from: start, into: "jobs")
            #expect(insert.command.bytes.count <= JobCollection.maximumCommandBytes)
            starts.append(start)
            found += ids(insert)
            #expect(insert.indices == Array(start..<insert.end))
            start = insert.end
        }

        #expect(starts == [0, 2, 4])
        #expect(found == (0..<6).map { "\($0)" })
    }

    @Test("a job too large for a document is left out, and leaves no trace")
    func refusals() throws {
        let jobs = try [
            job(0), job(1, params: text(bytes: 17 << 20)), job(2),
            job(3, params: text(bytes: 17 << 20)),
        ]
        let insert = JobInsert(jobs, into: "jobs")

        #expect(ids(insert) == ["0", "2"])
        #expect(insert.indices == [0, 2] && insert.end == 4)
        #expect(
            insert.refusals == [
                1: .refused(reason: JobDocument.tooLarge),
                3: .refused(reason: JobDocument.tooLarge),
            ])
        _ = try BSONDocument(checking: Array(insert.command.bytes))
        #expect(JobInsert([jobs[1]], into: "jobs").indices.isEmpty)
    }

    @Test("a job is first in its command if those before it are too large for a document")
    func firstRefused() throws {
        let large = try text(bytes: 17 << 20)
        let jobs = try [job(0, params: large), job(1, params: text(bytes: 15 << 20)), job(2)]
        let insert = JobInsert(jobs, into: "jobs")

        #expect(ids(insert) == ["1", "2"] && insert.indices == [1, 2])
        #expect(insert.refusals == [0: .refused(reason: JobDocument.tooLarge)])
        let none = JobInsert([jobs[0], jobs[0]], into: "jobs")
        #expect(none.indices.isEmpty && none.end == 2 && none.refusals.count == 2)
    }

    @Test("its halves have the documents and the indices of the whole")
    func halves() throws {
        let jobs = try [job(0), job(1, params: text(bytes: 17 << 20)), job(2), job(3)]
        let (first, second) = JobInsert(jobs, into: "jobs").halves(into: "jobs")

        #expect(ids(first) == ["0"] && first.indices == [0])
        #expect(ids(second) == ["2", "3"] && second.indices == [2, 3])
        #expect(second.command == JobInsert([jobs[2], jobs[3]], into: "jobs").command)
    }
}
