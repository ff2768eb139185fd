import JSON
import Jobs
import Testing

extension StoreRequirement {
    /// Jobs that are added together with a record.
    static let recordedAdding: [StoreRequirement] = [
        StoreRequirement("jobs and the record that names them are written together") { store in
            let records = store.jobs.records
            let first = try #require(
                try await records.write(.schedule, "s", try JSONText("{}"), over: nil))

            let added = try #require(
                try await store.jobs.add(addition(["1", "2"], over: first.version)))

            #expect(added.jobs.map(\.refID) == ["1", "2"])
            #expect(added.record.version > first.version)
            #expect(added.record.value == value(added.jobs.map(\.id)))
            for instance in store.instances {
                #expect(try await instance.records.record(.schedule, "s") == added.record)
                #expect(try await instance.get(added.jobs[1].id) == added.jobs[1])
            }
            #expect(try await store.claimed(3) == added.jobs.map(\.id))
        },
        StoreRequirement("nothing is added over another version of the record, or none") { store in
            let records = store.jobs.records
            #expect(try await store.jobs.add(addition(["1"], over: 0)) == nil)
            #expect(try await store.jobs.add(addition(["1"], over: 7)) == nil)
            let first = try #require(
                try await records.write(.schedule, "s", try JSONText("{}"), over: nil))
            let second = try #require(
                try await records.write(.schedule, "s", try JSONText("{}"), over: first.version))

            #expect(try await store.jobs.add(addition(["1"], over: first.version)) == nil)
            #expect(try await store.jobs.add(addition(["1"], over: second.version + 1)) == nil)

            #expect(try await store.list().jobs == [])
            #expect(try await records.record(.schedule, "s") == second)
            #expect(try await records.records(of: .schedule) == [second])
        },
        StoreRequirement("a record can move on without a job") { store in
            let first = try #require(
                try await store.jobs.records.write(.schedule, "s", try JSONText("{}"), over: nil))

            let moved = try await store.jobs.add(addition([], over: first.version))

            #expect(moved?.jobs == [])
            #expect(try await store.jobs.records.record(.schedule, "s") == moved?.record)
            #expect(try await store.list().jobs == [])
        },
        StoreRequirement("of concurrent additions over a version one takes effect") { store in
            let first = try #require(
                try await store.jobs.records.write(.schedule, "s", try JSONText("{}"), over: nil))

            let outcomes = try await withThrowingTaskGroup(of: [JobID]?.self) { group in
                for number in 0..<24 {
                    let instance = store.instances[number % store.instances.count]
                    group.addTask {
                        try await instance.add(addition(["\(number)"], over: first.version))?
                            .jobs.map(\.id)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(outcomes.count { $0 != nil } == 1)
            #expect(try await store.list().jobs.map(\.id) == outcomes.compactMap(\.self)[0])
            // A job that is removed does not come back.
            _ = try await store.jobs.deleteAll()
            #expect(try await store.jobs.add(addition(["late"], over: first.version)) == nil)
            #expect(try await store.list().jobs == [])
        },
    ]

    private static func addition(_ refIDs: [String], over version: Int64) -> RecordedAddition {
        RecordedAddition(
            refIDs.map { NewJob(type: "mail", refID: $0) }, kind: .schedule, key: "s",
            over: version,
            value: value)
    }

    @Sendable private static func value(_ ids: [JobID]) -> JSONText {
        let list = ids.map { "\"\($0)\"" }.joined(separator: ",")
        return JSONText(validated: Array("{\"jobs\":[\(list)]}".utf8))
    }
}
