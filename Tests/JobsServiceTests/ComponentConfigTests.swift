import Testing

@testable import JobsService

@Suite struct ComponentConfigTests {
    private func config(_ value: String) -> ComponentConfig {
        ComponentConfig(file: "f.yml", descriptor: "a:b:c:d:1.0", values: [("key", value)])
    }

    @Test(
        "whole numbers are read in all notations",
        arguments: [("5", 5), ("-5", -5), ("+5", 5), ("5.0", 5), ("6e4", 60_000), ("007", 7)])
    func integers(text: String, number: Int64) throws {
        #expect(try config(text).integer("key") == number)
    }

    @Test(
        "the refusal of a number names the range and the text",
        arguments: [
            ("x", Int64.min...Int64.max, "must be a number but is \"x\""),
            ("5.5", Int64.min...Int64.max, "must be a number but is \"5.5\""),
            ("1e300", Int64.min...Int64.max, "must be a number but is \"1e300\""),
            ("nan", Int64.min...Int64.max, "must be a number but is \"nan\""),
            ("0", 1...Int64.max, "must be a number of at least 1 but is \"0\""),
            ("70000", 0...65535, "must be a number between 0 and 65535 but is \"70000\""),
        ])
    func noInteger(text: String, range: ClosedRange<Int64>, message: String) {
        #expect(
            throws: ConfigError(
                file: "f.yml", component: "a:b:c:d:1.0", key: "key", message, .badConfig)
        ) { try config(text).integer("key", in: range) }
    }

    @Test("booleans are read in the words of YAML and as 1 and 0")
    func booleans() throws {
        for text in ["true", "True", "YES", "y", "t", "on", "1"] {
            #expect(try config(text).boolean("key") == true)
        }
        for text in ["false", "NO", "n", "f", "off", "0"] {
            #expect(try config(text).boolean("key") == false)
        }
        #expect(
            throws: ConfigError(
                file: "f.yml", component: "a:b:c:d:1.0", key: "key",
                "must be true or false but is \"maybe\"", .badConfig)
        ) { try config("maybe").boolean("key") }
    }

    @Test("lists are separated by commas, with blanks and empty items dropped")
    func lists() {
        #expect(config(" a, b ,,c,").list("key") == ["a", "b", "c"])
        #expect(config("a").list("other") == [])
    }

    @Test("a key that is not set is nil, or an error if it is required")
    func missing() throws {
        #expect(try config("").integer("key") == nil)
        #expect(try config("").boolean("key") == nil)
        #expect(try config("").reference("key") == nil)
        #expect(
            throws: ConfigError(
                file: "f.yml", component: "a:b:c:d:1.0", key: "key", "must be set", .badConfig)
        ) { try config("").required("key") }
    }

    @Test("a reference has to be a descriptor")
    func references() throws {
        #expect(try config("*:b:*:*:1.0").reference("key") == "*:b:*:*:1.0")
        #expect(
            throws: ConfigError(
                file: "f.yml", component: "a:b:c:d:1.0", key: "key",
                "must have five parts separated by \":\" but is \"b\"", .badDescriptor)
        ) { try config("b").reference("key") }
    }
}
