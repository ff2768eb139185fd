import JSON
import Jobs
import Testing

extension StoreRequirement {
    static let records: [StoreRequirement] = [
        StoreRequirement("a record comes back as it was written") { store in
            let value = try JSONText(#"{"a": 1.50, "b": [null, {"c": "é"}], "$d": 1e400}"#)
            let written = try #require(
                try await store.jobs.records.write(.type, "mail/a", value, over: nil))

            for records in store.instances.map(\.records) {
                #expect(try await records.record(.type, "mail/a") == written)
                #expect(try await records.records(of: .type) == [written])
                #expect(try await records.records(of: .schedule) == [])
                #expect(try await records.record(.type, "mail") == nil)
            }
            #expect(written.key == "mail/a")
            #expect(written.value == value)
        },
        StoreRequirement("plain values come back as they were written, whatever the key") { store in
            let records = store.jobs.records
            let value = try JSONText(#"{"a":1,"b":"text"}"#)
            for key in ["", "$a", "a.b", "a\u{0}b", "é", "e\u{301}", "/", "0"] {
                let written = try #require(
                    try await records.write(.schedule, key, value, over: nil))
                #expect(try await records.record(.schedule, key) == written)
                #expect(written.value == value)
                #expect(written.key.utf8.elementsEqual(key.utf8))
            }

            let keys = try await records.records(of: .schedule).map(\.key)

            #expect(
                keys.elementsEqual(
                    ["", "$a", "/", "0", "a\u{0}b", "a.b", "e\u{301}", "é"],
                    by: { $0.utf8.elementsEqual($1.utf8) }))
        },
        StoreRequirement("a write replaces only the version that it names") { store in
            let records = store.jobs.records
            let (one, two) = (try JSONText(#"{"n":1}"#), try JSONText(#"{"n":2}"#))
            let first = try #require(try await records.write(.type, "mail", one, over: nil))

            #expect(try await records.write(.type, "mail", two, over: nil) == nil)
            #expect(try await records.write(.type, "mail", two, over: first.version - 1) == nil)
            #expect(try await records.write(.type, "other", two, over: first.version) == nil)
            let second = try #require(
                try await records.write(.type, "mail", two, over: first.version))
            #expect(try await records.write(.type, "mail", one, over: first.version) == nil)

            #expect(second.version > first.version)
            #expect(try await records.record(.type, "mail") == second)
        },
        StoreRequirement("a removal concerns only the version that it names") { store in
            let records = store.jobs.records
            let value = try JSONText(#"{"n":1}"#)
            let first = try #require(try await records.write(.type, "mail", value, over: nil))

            #expect(try await records.remove(.type, "mail", over: first.version + 1) == false)
            #expect(try await records.remove(.type, "mail", over: first.version))
            #expect(try await records.remove(.type, "mail", over: first.version) == false)
            #expect(try await records.record(.type, "mail") == nil)
            try await store.pass(milliseconds: 2)
            let again = try #require(try await records.write(.type, "mail", value, over: nil))

            #expect(again.version > first.version)
            #expect(try await records.write(.type, "mail", value, over: first.version) == nil)
        },
        StoreRequirement("of concurrent writes of a version one takes effect") { store in
            let value = try JSONText(#"{"n":0}"#)
            var version: Int64?
            for _ in 0..<5 {
                let written = try await withThrowingTaskGroup(of: Record?.self) { group in
                    for number in 0..<8 {
                        let records = store.instances[number % store.instances.count].records
                        group.addTask { [version] in
                            try await records.write(.type, "mail", value, over: version)
                        }
                    }
                    return try await group.reduce(into: [Record]()) { all, record in
                        if let record { all.append(record) }
                    }
                }
                try #require(written.count == 1)
                version = written[0].version
            }
        },
        StoreRequirement("concurrent updates are all made") { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    let records = store.instances[number % store.instances.count].records
                    group.addTask {
                        _ = try await records.update(.type, "counter") { value in
                            let count = value?.value(recordedDepth: 1)?["n"]?.integer ?? 0
                            return try JSONText(#"{"n":\#(count + 1)}"#)
                        }
                    }
                }
                try await group.waitForAll()
            }

            let record = try await store.jobs.records.record(.type, "counter")

            #expect(record?.value.description == #"{"n":12}"#)
        },
        StoreRequirement("a value that is too large is refused, and nothing is changed") { store in
            let records = store.jobs.records
            let text = String(repeating: "a", count: Record.maximumBytes)

            let value = try JSONText(#"{"a":"\#(text)"}"#)
            await #expect(throws: JobsError.self) {
                try await records.write(.type, "mail", value, over: nil)
            }

            #expect(try await records.record(.type, "mail") == nil)
        },
        StoreRequirement("records stay when all jobs are removed") { store in
            let value = try JSONText(#"{"n":1}"#)
            try await store.add()
            let record = try await store.jobs.records.write(.type, "mail", value, over: nil)

            try await store.jobs.deleteAll()

            #expect(try await store.jobs.records.record(.type, "mail") == record)
        },
    ]
}
