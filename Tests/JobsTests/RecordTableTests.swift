import JSON
import Jobs
import Testing

@Suite("Records in memory")
struct RecordTableTests {
    private let value = JSONText(validated: Array("{}".utf8))

    @Test("a version at the end of its range is replaced like any other")
    func lastVersion() throws {
        var records = RecordTable()
        let now = Timestamp(milliseconds: 1_000)
        records.set(.type, "a", Record(key: "a", version: .max, value: value))

        let first = records.write(.type, "a", value, over: .max, at: now)
        let second = records.write(.type, "a", value, over: first?.version, at: now)
        let third = records.write(.type, "a", value, over: .max, at: now)

        let versions = try (#require(first).version, #require(second).version)
        #expect(versions.0 < .max)
        #expect(versions.1 > versions.0)
        #expect(third == nil)
    }
}
