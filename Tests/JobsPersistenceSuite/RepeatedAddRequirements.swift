import Jobs
import Testing

extension StoreRequirement {
    static let repeatedAdds: [StoreRequirement] = [
        StoreRequirement("of adds with one request id one adds, and the others get its job") {
            store in
            let job = try await store.add(request: "r")

            let again = try await store.add(request: "r")
            let other = try await store.add(type: "print", request: "r")
            let plain = try await store.add()

            #expect(again == job)
            #expect(Set([job.id, other.id, plain.id]).count == 3)
            #expect(try await store.list().jobs.count == 3)
        },
        StoreRequirement("an add that is repeated gets the job as it is now") { store in
            let job = try await store.add(request: "r")
            let started = try #require(try await store.start())
            #expect(try await store.add(request: "r").retries == 1)
            _ = try await store.complete(job.id, started.lockToken)

            let again = try await store.add(request: "r")

            #expect(again.id == job.id && again.completed != nil)
            #expect(try await store.list().jobs.count == 1)
        },
        StoreRequirement("a request id is free again once its job is removed") { store in
            let job = try await store.add(request: "r")
            _ = try await store.jobs.delete(job.id)

            let again = try await store.add(request: "r")

            #expect(again.id != job.id)
            #expect(try await store.list().jobs.map(\.id) == [again.id])
        },
        StoreRequirement("a request id with another reference is a conflict") { store in
            let job = try await store.add(refID: "1", request: "r")

            let results = try await store.jobs.add([
                NewJob(type: "mail", refID: "2", requestID: "r"), NewJob(type: "mail", refID: "3"),
            ])

            #expect(results[0] == .failure(.requestConflict(job.id)))
            #expect(try results[1].get().refID == "3")
            await #expect(throws: JobsError.requestConflict(job.id)) {
                try await store.jobs.addUnique(NewJob(type: "mail", refID: "2", requestID: "r"))
            }
            #expect(try await store.list().jobs.count == 2)
        },
        StoreRequirement("within one batch a request id adds one job") { store in
            let results = try await store.jobs.add([
                NewJob(type: "mail", refID: "1", requestID: "r"),
                NewJob(type: "mail", refID: "2", requestID: "s"),
                NewJob(type: "mail", refID: "1", requestID: "r"),
                NewJob(type: "mail", refID: "3", requestID: "r"),
                NewJob(type: "print", refID: "1", requestID: "r"),
            ])

            let first = try results[0].get()
            #expect(try results[2].get().id == first.id)
            #expect(results[3] == .failure(.requestConflict(first.id)))
            let others = try [results[1], results[4]].map { try $0.get().id }
            #expect(Set(others + [first.id]).count == 3)
            #expect(try await store.list().jobs.count == 3)
        },
        StoreRequirement("a unique add that is repeated gets its job, also when that has ended") {
            store in
            let new = NewJob(type: "mail", refID: "1", requestID: "r")
            let job = try await store.jobs.addUnique(new)
            #expect(try await store.jobs.addUnique(new) == job)
            _ = try await store.complete(job.id)
            let next = try await store.jobs.addUnique(NewJob(type: "mail", refID: "1"))

            let again = try await store.jobs.addUnique(new)

            #expect(again.id == job.id && again.completed != nil)
            #expect(next.id != job.id)
            #expect(try await store.list().jobs.count == 2)
        },
        StoreRequirement("request ids are compared byte by byte") { store in
            let composed = try await store.add(request: "caf\u{E9}")
            let decomposed = try await store.add(request: "cafe\u{301}")

            #expect(composed.id != decomposed.id)
            #expect(try await store.add(request: "caf\u{E9}").id == composed.id)
        },
        StoreRequirement("a firing of a schedule has a request id of any length") { store in
            let id = NewJob.firingRequestID(
                of: String(repeating: "x", count: 128), at: Timestamp(milliseconds: 0))
            let job = try await store.add(request: id)
            #expect(try await store.add(request: id).id == job.id)
        },
        StoreRequirement("concurrent adds with one request id add one job") { store in
            for round in 0..<3 {
                let jobs = try await store.concurrently(30) { instance, index in
                    let new = NewJob(type: "mail", refID: "\(round)", requestID: "r\(round)")
                    guard index % 3 > 0 else { return try await instance.addUnique(new) }
                    return try await instance.add([new])[0].get()
                }
                #expect(Set(jobs.map(\.id)).count == 1)
            }
            #expect(try await store.list().jobs.count == 3)
        },
    ]
}

extension StoreUnderTest {
    /// Adds a job with a request id.
    fileprivate func add(type: String = "mail", refID: String = "1", request: String) async throws
        -> Job
    {
        let new = NewJob(type: type, refID: refID, requestID: request)
        return try #require(try await jobs.add([new]).first).get()
    }
}
