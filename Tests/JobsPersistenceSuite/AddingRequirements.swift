import JSON
import Jobs
import NIOCore
import Testing

extension StoreRequirement {
    static let adding: [StoreRequirement] = [
        StoreRequirement("an added job is ready and has the given fields") { store in
            let new = NewJob(
                type: "mail", refID: "order-7", ttl: 5000, params: try JSONText(#"{"a":1}"#))

            let job = try #require(try await store.jobs.add([new]).first).get()

            #expect(job.type == "mail" && job.refID == "order-7")
            #expect(job.params?.description == #"{"a":1}"#)
            #expect(job.executeUntil?.milliseconds(since: job.created) == 5000)
            #expect(job.started == nil && job.lockedUntil == nil && job.completed == nil)
            #expect(job.retries == 0 && job.priority == 0 && job.delayedUntil == nil)
            #expect(try await store.jobs.get(job.id) == job)
        },
        StoreRequirement("jobs of a batch are returned in order, each a separate job") { store in
            let new = (0..<20).map { NewJob(type: "mail", refID: "\($0)") }

            let jobs = try await store.jobs.add(new).map { try $0.get() }

            #expect(jobs.map(\.refID) == new.map(\.refID))
            #expect(Set(jobs.map(\.id)).count == 20)
            #expect(try await store.list().jobs == jobs)
        },
        StoreRequirement("adding nothing adds nothing") { store in
            let added = try await store.jobs.add([])
            #expect(added.isEmpty)
            #expect(try await store.list().jobs.isEmpty)
        },
        StoreRequirement("ids are 32 lower-case hex digits and increase") { store in
            var ids: [String] = []
            for _ in 0..<50 { ids.append(try await store.add().id.description) }

            #expect(ids == ids.sorted())
            #expect(Set(ids).count == 50)
            for id in ids {
                #expect(id.utf8.count == 32 && id.allSatisfy { "0123456789abcdef".contains($0) })
            }
        },
        StoreRequirement("a ttl of 0 or less never expires") { store in
            for ttl in [0, -1, Int64.min] {
                let job = try await store.add(ttl: ttl)
                #expect(job.executeUntil == nil)
                #expect(try await store.jobs.get(job.id)?.executeUntil == nil)
            }
        },
        StoreRequirement("a huge ttl is clamped, and the job can be started and is not cleaned") {
            store in
            let job = try await store.add(ttl: .max)

            #expect(job.executeUntil == .max)
            try await store.jobs.clean(Cleaning(maxRetries: 10))
            #expect(try await store.jobs.get(job.id) == job)
            #expect(try await store.start()?.job.id == job.id)
        },
        StoreRequirement("priority and delay are returned") { store in
            let job = try await store.add(priority: -3, delay: 60_000)

            #expect(job.priority == -3)
            #expect(job.delayedUntil?.milliseconds(since: job.created) == 60_000)
            #expect(try await store.jobs.get(job.id) == job)
        },
        StoreRequirement("add adds a job even if there is an equal one") { store in
            let first = try await store.add(refID: "same")
            let second = try await store.add(refID: "same")
            #expect(first.id != second.id)
        },
        StoreRequirement("empty types and references are valid") { store in
            let job = try await store.add(type: "", refID: "")
            #expect(try await store.jobs.get(job.id) == job)
            #expect(try await store.start(type: "")?.job.id == job.id)
        },
        StoreRequirement("an unknown id of any form is not found") { store in
            try await store.add()
            for id in ["", "x", "0", String(repeating: "f", count: 32), "a\u{0}b", "ü", "$where"] {
                #expect(try await store.jobs.get(JobID(id)) == nil)
            }
        },
    ]

    static let params: [StoreRequirement] = paramsTexts.map { text in
        StoreRequirement("params are returned unchanged: \(text.prefix(60))") { store in
            let text = try JSONText(text)
            let new = NewJob(type: "mail", refID: "1", params: text)

            let added = try #require(try await store.jobs.add([new]).first).get()
            let started = try #require(try await store.start())
            let read = try #require(try await store.jobs.get(added.id))
            let completed = try #require(try await store.complete(added.id))
            let listed = try #require(try await store.list().jobs.first)

            for job in [added, started.job, read, completed, listed] {
                let params = try #require(job.params)
                #expect(params.value == text.value)
            }
        }
    }

    /// Numbers at the ends of the ranges of exponents and integers, which must not overflow.
    static let numbers: [StoreRequirement] = [
        StoreRequirement("numbers with extreme exponents are returned unchanged") {
            store in
            let texts = try extremeNumbers.map { try JSONText($0) }
            let new = texts.map { NewJob(type: "mail", refID: "1", params: $0) }

            let added = try await store.jobs.add(new).map { try $0.get() }

            for (text, job) in zip(texts, added) {
                let read = try #require(try await store.jobs.get(job.id)?.params)
                #expect(read.value == text.value, "\(text.description.prefix(60))")
            }
        },
        StoreRequirement("numbers with extreme exponents are returned in arrays and members") {
            store in
            let text = try JSONText(
                "{\"all\":[\(extremeNumbers.joined(separator: ","))],\"n\":\(extremeNumbers[0])}")
            let job = try await store.jobs.addUnique(
                NewJob(type: "mail", refID: "1", params: text))

            #expect(try await store.jobs.get(job.id)?.params?.value == text.value)
        },
    ]

    private static let extremeNumbers: [String] = {
        let zeros = String(repeating: "0", count: 400)
        let mantissas = [
            "0", "0.0", "0.\(zeros)", "1", "1.0", "0.1", "9.99", "1\(zeros)", "0.\(zeros)1",
            "9223372036854775807", "9223372036854775808", "0.\(Int64.max)",
        ]
        let exponents = [
            "0", "1", "17", "18", "19", "307", "308", "309", "323", "324", "325", "400", "401",
            "2147483647", "2147483648", "9223372036854775406", "9223372036854775806",
            "9223372036854775807", "9223372036854775808", "18446744073709551616",
            String(repeating: "9", count: 100),
        ]
        var numbers: [String] = []
        for sign in ["", "-"] {
            for mantissa in mantissas {
                numbers.append(sign + mantissa)
                for exponent in exponents {
                    for mark in ["e", "E+", "e-"] {
                        numbers.append(sign + mantissa + mark + exponent)
                    }
                }
            }
        }
        return numbers
    }()

    private static let paramsTexts: [String] = [
        #"{}"#, #"[]"#, #""""#, #"true"#, #"false"#, #"0"#, #"-1"#, #"1.5"#, #""text""#,
        #"{"a":1,"b":[1,2,{"c":null}],"d":{"e":"f"}}"#,
        #"{"":1,"$date":2,"a.b":3,".":4,"$":5,"a$":6}"#,
        #"{"$oid":"5f1b6a3e8d3b2c0011223344"}"#, #"{"$date":"2020-01-01T00:00:00Z"}"#,
        #"{"$numberLong":"1"}"#, #"{"x":{"$numberDecimal":"1.5"}}"#,
        #"{"$binary":{"base64":"","subType":"00"}}"#,
        #"{"$regex":"a","$options":"i"}"#, #"{"$ne":null}"#, #"{"$undefined":true}"#,
        #"{"__proto__":1,"constructor":2,"toString":3,"_id":4,"id":5}"#,
        #"[9007199254740993,-9007199254740993,9223372036854775807,-9223372036854775808]"#,
        #"[2147483647,2147483648,-2147483648,-2147483649]"#,
        #"[9223372036854775808,18446744073709551615,123456789012345678901234567890]"#,
        #"[0.1,-0.0,1e-300,1.7976931348623157e308,5e-324,1e22,1E+2,123456.789]"#,
        #"[1e400,-1e400]"#, #"[0.1000000000000000055511151231257827]"#, #"[1.0,1,1e0,100e-2]"#,
        #"["2020-01-01T00:00:00.000Z","12","null","true",""]"#,
        #"["\u0000","a\u0000b","\ud83d\ude00","é","e\u0301","\u2028","\/","\b\f\n\r\t\"\\"]"#,
        #"{"a\u0000b":1}"#, #"{"a":1,"a":2}"#, #"{"x":{"b":1,"b":[2]}}"#,
        #"{"ключ":"значение","日本":"語"}"#,
        #"[[],{},[[]],[{}],{"a":[]},{"a":{}}]"#,
        String(repeating: "[", count: 90) + String(repeating: "]", count: 90),
        String(repeating: #"{"a":"#, count: 90) + "1" + String(repeating: "}", count: 90),
        String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
        #"{"long":""# + String(repeating: "x", count: 100_000) + #""}"#,
    ]
}

/// A JSON value for comparisons: objects are lists of members, and numbers are in a normal form.
private indirect enum ComparedValue: Equatable {
    case text(String)
    case array([ComparedValue])
    case object([Member])

    struct Member: Equatable {
        let name: [UInt8]
        let value: ComparedValue
    }
}

extension JSONText {
    fileprivate var value: ComparedValue? {
        guard let outline = try? JSONOutline(.init(bytes: bytes), recordedDepth: 1000) else {
            return nil
        }
        return outline.root.compared
    }
}

extension JSONValue {
    fileprivate var compared: ComparedValue {
        switch kind {
        case .array: .array(elements.map(\.compared))
        case .object:
            .object(members.map { .init(name: Array($0.name.utf8), value: $0.value.compared) })
        case .string:
            .text(
                "string "
                    + (string ?? "").unicodeScalars.map { "\($0.value)" }.joined(separator: " "))
        case .number: .text(number)
        case .boolean, .null: .text(text.description)
        }
    }

    /// The normal form: integers within 64 bits by value, other numbers by their double if it is
    /// exact.
    private var number: String {
        let digits = text.description
        if digits == "-0" { return "double -0.0" }
        if let integer = Int64(digits) { return "integer \(integer)" }
        guard digits.contains(where: { ".eE".contains($0) }), let double = Double(digits),
            double.isFinite
        else { return "digits \(digits)" }
        return "double \(double)"
    }
}
