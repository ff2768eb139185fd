import BSON
import JSON
import Jobs
import Testing

@testable import JobsMongo

extension MongoTests {
    /// `params` in the database: a BSON value that operators can query if it is exact, else the
    /// text.
    @Suite("Stored params", .sharedCollection)
    struct StoredParamsTests {
        private func document(_ params: String) async throws -> BSONDocument {
            let collection = try await TestCollection.shared()
            let id = try await collection.store().add(params: JSONText(params)).id
            return try #require(try await collection.document("\(id)"))
        }

        @Test("with an exact BSON value are stored as that")
        func values() async throws {
            let document = try await document(
                """
                {"n":1,"big":3000000000,"huge":9223372036854775807,"half":0.5,"whole":2.0,"e":1e22,
                "text":"2020-01-01T00:00:00Z","yes":true,"no":null,"list":[1,[],{}],
                "$date":{"a.b":"","":-0.0},"__proto__":{"_id":1},"esc\\u0061ped":"\\u00e9\\n\\ud83d\\ude00\\u0000"}
                """)

            let expected: BSONLiteral = [
                "n": .value(Int32(1)), "big": .value(Int64(3_000_000_000)),
                "huge": .value(Int64.max), "half": .value(0.5), "whole": .value(2.0),
                "e": .value(1e22), "text": "2020-01-01T00:00:00Z", "yes": true, "no": .null,
                "list": [1, [], [:]], "$date": ["a.b": "", "": .value(-0.0)],
                "__proto__": ["_id": 1], "escaped": "é\n😀\0",
            ]
            #expect(document["params"]?.document == BSONDocument(expected))
            #expect(document["params_json"] == nil)
        }

        @Test(
            "that are not an object are stored as values as well",
            arguments: [
                ("[1,\"a\"]", [1, "a"]), ("\"text\"", "text"), ("7", 7), ("true", true),
                ("null", .null), ("{}", [:]),
            ] as [(String, BSONLiteral)])
        func others(json: String, value: BSONLiteral) async throws {
            let document = try await document(json)

            #expect(document["params"]?.type == value.bsonType)
            #expect(document["params"].map { Array($0.bytes) } == value.bytes)
            #expect(document["params_json"] == nil)
        }

        @Test("that are missing are null, as in the older services")
        func none() async throws {
            let collection = try await TestCollection.shared()
            let id = try await collection.store().add().id
            let document = try #require(try await collection.document("\(id)"))

            #expect(document["params"]?.type == .null)
        }

        @Test(
            "without an exact BSON value are stored as text",
            arguments: [
                #"{"a\u0000b":1}"#, #"{"a":1,"a":2}"#, #"{"x":[{"b":1,"b":1}]}"#,
                "9223372036854775808", "[-9223372036854775809]", "1e400", "0.1000000000000000055",
                "12345678901234567890.5", #"{"n":1e-400}"#,
                String(repeating: "[", count: 91) + String(repeating: "]", count: 91),
            ])
        func texts(json: String) async throws {
            let document = try await document(json)

            #expect(document["params_json"]?.string == json)
            #expect(document["params"] == nil)
        }

        @Test("can be queried in the database")
        func queried() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            let id = try await store.add(params: JSONText(#"{"order":{"id":17,"to":["a","b"]}}"#))
                .id
            try await store.add(params: JSONText(#"{"order":{"id":18,"to":["c"]}}"#))

            for query: BSONLiteral in [["params.order.id": 17], ["params.order.to": "b"]] {
                let found = try await collection.documents(query)
                #expect(found.map { $0["_id"]?.string } == ["\(id)"])
            }
        }

        @Test("are unchanged through the life of a job")
        func life() async throws {
            let collection = try await TestCollection.shared()
            let store = collection.store()
            for json in [#"{"$set":{"$type":"$$NOW"}}"#, #"{"a":1,"a":2}"#, #""$created""#] {
                let params = try JSONText(json)
                let added = try await store.addUnique(
                    NewJob(type: "mail", refID: json, params: params))
                let before = try #require(try await collection.document("\(added.id)"))
                _ = try await store.start(Start(added.id, timeout: 1000))
                _ = try await store.extend(added.id, timeout: 1000)
                _ = try await store.abort(added.id)
                _ = try await store.complete(added.id)

                let after = try #require(try await collection.document("\(added.id)"))
                #expect(after["params"]?.bytes == before["params"]?.bytes)
                #expect(after["params_json"]?.bytes == before["params_json"]?.bytes)
                #expect(try await store.get(added.id)?.params?.description == json)
            }
        }
    }
}

extension BSONLiteral {
    fileprivate var bytes: [UInt8] {
        var bytes: [UInt8] = []
        appendBSON(to: &bytes)
        return bytes
    }
}
