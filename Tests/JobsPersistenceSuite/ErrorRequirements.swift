import JSON
import Jobs
import Testing

extension StoreRequirement {
    static let errors: [StoreRequirement] = [
        StoreRequirement("jobs whose last attempts failed alike are one group") { store in
            let first = try await store.failed("order 1 not found", type: "E")
            try await store.pass(milliseconds: 5)
            try await store.failed("order 22 not found", retry: true)
            try await store.pass(milliseconds: 5)
            let last = try await store.failed("order 333 not found")
            try await store.failed("no answer")
            try await store.failed("order 4 not found", jobType: "print")
            try await store.failed(nil)
            try await store.add(refID: "never failed")

            let errors = try await store.jobs.errors(ErrorQuery())

            #expect(!errors.isTruncated)
            #expect(
                errors.groups.map { "\($0.count) \($0.type) \($0.errorKey)" } == [
                    "3 mail order # not found", "1 mail no answer", "1 mail unknown",
                    "1 print order # not found",
                ])
            let group = try #require(errors.groups.first)
            #expect(!group.isCountAtLeast)
            #expect(group.first == first.errored && group.last == last.errored)
            #expect(group.recent == RecentErrors.none.dropLast() + [3])
            #expect(group.example.jobID == last.id)
            #expect(group.example.error == AttemptError(message: "order 333 not found"))
            #expect(errors.groups.last { $0.errorKey == "unknown" }?.example.error == nil)
        },
        StoreRequirement("the job has the key of its last failed attempt") { store in
            let job = try await store.failed("first 1", retry: true)
            #expect(job.errorKey == "first #" && job.errored == job.attempts.last?.ended)
            let second = try #require(try await store.start())
            #expect(second.job.errorKey == "first #")
            #expect(try await store.keys() == ["first #"])

            let error = AttemptError(type: "E", message: "2nd")
            let again = try #require(
                try await store.act(.fail(Failure(error: error, delay: 0)), second))
            #expect(again.errorKey == "#nd" && again.errored == again.attempts.last?.ended)
            #expect(try await store.keys() == ["#nd"])
            #expect(try await store.jobs.get(job.id) == again)
        },
        StoreRequirement("a job leaves its group when it is completed, cancelled or removed") {
            store in
            for act in [Act.complete, .cancel, nil] {
                let id = try await store.failed("lost", retry: true).id
                #expect(try await store.keys() == ["lost"])
                if let act {
                    let job = try await store.jobs.change([JobChange(id, act)]).first?.get()
                    #expect(job?.errorKey == nil && job?.errored == nil)
                    #expect(job?.error?.message == "lost")
                } else {
                    _ = try await store.jobs.delete(id)
                }
                #expect(try await store.keys() == [])
            }
            try await store.failed("lost")
            try await store.jobs.deleteAll()
            #expect(try await store.keys() == [])
        },
        StoreRequirement("a job leaves its group when it is replayed, and keeps its error") {
            store in
            let dead = try await store.failed("lost")
            let replayed = try #require(
                try await store.jobs.change([JobChange(dead.id, .replay(Replay()))]).first)
            #expect(try replayed.get()?.errorKey == nil)
            #expect(try replayed.get()?.error?.message == "lost")
            #expect(try await store.keys() == [])
        },
        StoreRequirement("a job leaves its group when its pending cancellation takes effect") {
            store in
            for act in [Act.abort(), .release, .fail(Failure()), .settle] {
                try await store.failed("lost", retry: true)
                let timeout: Int64 = act == .settle ? 300 : 60_000
                let started = try #require(try await store.start(timeout: timeout))
                _ = try await store.jobs.change([JobChange(started.job.id, .cancel)])
                if act == .settle { try await store.pass(milliseconds: 400) }

                let job = try await store.act(act, started)

                #expect(job?.cancelled != nil && job?.errorKey == nil)
                #expect(try await store.keys() == [])
            }
        },
        StoreRequirement("groups are limited to a type and to a time") { store in
            let early = try await store.failed("a")
            try await store.pass(milliseconds: 20)
            let late = try await store.failed("a")
            let other = try await store.failed("b", jobType: "print")
            let (from, to) = (try #require(late.errored), try #require(early.errored))

            let ofType = try await store.jobs.errors(ErrorQuery(type: "print"))
            #expect(ofType.groups.map(\.example.jobID) == [other.id])
            #expect(try await store.jobs.errors(ErrorQuery(type: "none")).groups == [])
            let since = try await store.jobs.errors(ErrorQuery(from: from))
            #expect(since.groups.map(\.count) == [1, 1])
            let group = try #require(since.groups.first)
            #expect(group.first == from && group.last == from && group.example.jobID == late.id)
            let until = try await store.jobs.errors(ErrorQuery(to: to))
            #expect(until.groups.map(\.example.jobID) == [early.id])
            #expect(until.groups.first?.first == to && until.groups.first?.last == to)
            #expect(until.groups.first?.recent.last == 1)
            #expect(since.groups.map(\.recent.last) == [1, 1])
            let both = try await store.jobs.errors(ErrorQuery(type: "mail", from: to, to: from))
            #expect(both.groups.map(\.count) == [2])
            #expect(try await store.jobs.errors(ErrorQuery(from: from, to: to)).groups == [])
        },
        StoreRequirement("a caller that is limited to types sees their groups only") { store in
            for type in ["mail", "print", "scan"] { try await store.failed("a", jobType: type) }
            var query = ErrorQuery()
            query.types = ["scan", "mail", "none"]
            #expect(try await store.jobs.errors(query).groups.map(\.type) == ["mail", "scan"])
            query.type = "print"
            #expect(try await store.jobs.errors(query).groups == [])
            query.types = []
            #expect(try await store.jobs.errors(query).groups == [])
        },
        StoreRequirement("types and keys of errors are compared byte by byte") { store in
            for type in ["é", "e\u{301}", "$type", "a\u{0}b"] {
                for message in ["é", "e\u{301}", "$$NOW", "a.b"] {
                    try await store.failed(message, jobType: type)
                }
            }
            let errors = try await store.jobs.errors(ErrorQuery())
            #expect(errors.groups.count == 16)
            #expect(errors.groups.allSatisfy { $0.count == 1 })
            let job = try await store.list {
                $0.errorKey = "e\u{301}"
                $0.type = "$type"
            }
            #expect(job.jobs.count == 1)
        },
        StoreRequirement("jobs are found by the key of their error, in the order of lists") {
            store in
            var ids: [JobID] = []
            for index in 0..<6 {
                ids.append(
                    try await store.failed(
                        index % 2 == 0 ? "lost \(index)" : "other", retry: index == 2,
                        jobType: index == 4 ? "print" : "mail"
                    ).id)
            }
            let lost = [ids[0], ids[2], ids[4]]

            let page = try await store.list(Paging(wantsTotal: true)) { $0.errorKey = "lost #" }
            #expect(page.jobs.map(\.id) == lost && page.total == 3)
            let newest = try await store.list(Paging(take: 2, isDescending: true)) {
                $0.errorKey = "lost #"
            }
            #expect(newest.jobs.map(\.id) == [ids[4], ids[2]])
            let rest = try await store.list(Paging(wantsTotal: true, after: ids[0])) {
                $0.errorKey = "lost #"
                $0.type = "mail"
            }
            #expect(rest.jobs.map(\.id) == [ids[2]] && rest.total == 2)
            let dead = try await store.list(Paging(wantsTotal: true)) {
                $0.errorKey = "lost #"
                $0.state = .failed
            }
            #expect(dead.jobs.map(\.id) == [ids[0], ids[4]] && dead.total == 2)
            let named = try await store.list {
                $0.errorKey = "lost #"
                $0.ids = [ids[1], ids[2]]
            }
            #expect(named.jobs.map(\.id) == [ids[2]])
            #expect(try await store.list { $0.errorKey = "lost" }.jobs == [])
            #expect(try await store.list { $0.errorKey = "" }.jobs == [])
        },
    ]
}

extension StoreUnderTest {
    /// Adds a job whose only attempt has failed.
    ///
    /// - Parameter retry: Whether it is tried again at once, or has failed for good.
    @discardableResult
    fileprivate func failed(
        _ message: String?, type: String? = nil, retry: Bool = false, jobType: String = "mail"
    ) async throws -> Job {
        let id = try await add(type: jobType).id
        let started = try #require(try await jobs.start(Start(id, timeout: 60_000)))
        let error = message.map {
            AttemptError(type: type, message: $0, details: JSONText(validated: Array("{}".utf8)))
        }
        return try #require(
            try await act(.fail(Failure(error: error, retry: retry, delay: 0)), started))
    }

    /// The keys of the groups.
    fileprivate func keys() async throws -> [String] {
        try await jobs.errors(ErrorQuery()).groups.map(\.errorKey)
    }
}
