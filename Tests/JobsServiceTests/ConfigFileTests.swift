import Foundation
import Testing

@testable import JobsService

@Suite struct ConfigFileTests {
    private func file(
        _ text: String, _ parameters: [String: String] = [:], path: String = "config.yml"
    ) throws -> ConfigFile {
        try ConfigFile(path: path, text: text, parameters: parameters)
    }

    private func error(
        _ text: String, path: String = "config.yml"
    ) -> String {
        do {
            _ = try file(text, path: path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("nested keys are joined by dots and the items of lists numbered")
    func flattening() throws {
        let component = try #require(
            file(
                """
                - descriptor: a:b:c:d:1.0
                  name: x
                  connections:
                    - host: h0
                      port: 1
                    - host: h1
                  options: {deep: {er: yes}}
                """
            ).components.first)

        #expect(
            component.keys == [
                "name", "connections.0.host", "connections.0.port", "connections.1.host",
                "options.deep.er",
            ])
        #expect(component["connections.1.host"] == "h1")
        #expect(
            component.section("connections") == ["0.host": "h0", "0.port": "1", "1.host": "h1"])
    }

    @Test(
        "nothing, null and empty are not set; everything else keeps its characters",
        arguments: [
            ("", nil), ("~", nil), ("null", nil), ("''", nil), ("\"\"", nil), ("# none", nil),
            ("'null'", "null"), ("'~'", "~"), ("0123", "0123"), ("1.50", "1.50"), ("yes", "yes"),
            ("2001-01-01", "2001-01-01"), ("'a: b'", "a: b"),
            ("mongodb://h/d?a=b", "mongodb://h/d?a=b"),
        ])
    func scalars(yaml: String, value: String?) throws {
        let component = try #require(
            file("- descriptor: a:b:c:d:1\n  key: \(yaml)").components.first)

        #expect(component["key"] == value)
        #expect(component.keys == (value == nil ? [] : ["key"]))
    }

    @Test("anchors, aliases and merge keys work")
    func merge() throws {
        let components = try file(
            """
            - &base
              descriptor: a:b:c:one:1.0
              x: 1
              y: 2
            - <<: *base
              descriptor: a:b:c:two:1.0
              y: 3
            """
        ).components

        #expect(components.map { "\($0.descriptor)" } == ["a:b:c:one:1.0", "a:b:c:two:1.0"])
        #expect(components.last?["x"] == "1")
        #expect(components.last?["y"] == "3")
    }

    @Test("all files except those with an extension of YAML are read as JSON")
    func json() throws {
        let text =
            #"[{"descriptor": "a:b:c:d:1.0", "s": "q\"\u00e9", "n": 5, "t": true, "z": null}]"#

        for path in ["c.json", "config", "c.conf"] {
            let component = try #require(file(text, path: path).components.first)
            #expect(component.keys == ["s", "n", "t"])
            #expect(component["s"] == "q\"\u{e9}")
            #expect(component["n"] == "5")
            #expect(component["t"] == "true")
        }
        #expect(try file(text, path: "dir/C.YAML").components.count == 1)
    }

    @Test(
        "an error in a file is reported in one line with its position",
        arguments: [
            (
                "- descriptor: a:b:c:d:1\n  k: [1\nx: 2", "config.yml",
                "config.yml:3:2: is no YAML: while parsing a flow sequence: "
                    + "did not find expected ',' or ']' (BAD_CONFIG)"
            ),
            (
                "- a: 1\n  a: 2", "config.yml",
                "config.yml:1:3: is no YAML: \"a\" is given twice (BAD_CONFIG)"
            ),
            (
                "[\n {\"a\" 1}]", "c.json",
                "c.json:2:7: is no JSON: unexpected character (BAD_CONFIG)"
            ),
            ("a: 1", "config.yml", "config.yml: must be a list of components (BAD_CONFIG)"),
            ("", "config.yml", "config.yml: must be a list of components (BAD_CONFIG)"),
            (
                "- descriptor: a:b:c:d:1\n- name: x", "config.yml",
                "config.yml: component 2 has no descriptor (BAD_CONFIG)"
            ),
            (
                "- descriptor: a:b:c:1", "config.yml",
                "config.yml: descriptor: must have five parts separated by \":\" "
                    + "but is \"a:b:c:1\" (BAD_DESCRIPTOR)"
            ),
            (
                "a\n{{#if X}}", "config.yml",
                "config.yml:2: {{#if X}} is never closed (BAD_TEMPLATE)"
            ),
        ])
    func faults(text: String, path: String, line: String) {
        #expect(error(text, path: path) == line)
    }

    @Test(
        "the value of a variable is inserted literally, in quotes and without",
        arguments: [
            "it's", "\"quoted\"", "a #b", "a: b", "#", "~", "null", "yes", "0123", "1e3", "*x",
            "&x", "@x",
            "%x", "!x", "|", ">", "- a", "{a: 1}", "[1", "a\\b\\n", "\\", " blanks ",
            "{{HTTP_PORT}}",
            "two\nlines", "tab\there", "/data/a #1/jobs.json", "50%", "ü€😀", "'", "''", "'\"",
            ", b",
            "mongodb://h/d?a=b&c=d", "\u{FEFF}x", "\u{85}",
        ])
    func rawValues(value: String) throws {
        for tag in ["{{X}}", "{{{X}}}", "{{&X}}", "{{#if X}}{{X}}{{/if}}", "{{X}}{{^X}}none{{/X}}"]
        {
            for place in [tag, "'\(tag)'", "\"\(tag)\"", "\(tag) # comment", "|-\n    \(tag)"] {
                let component = try #require(
                    file("- descriptor: a:b:c:d:1\n  key: \(place)\n  port: 1", ["X": value])
                        .components.first)

                #expect(component["key"] == value, "\(place)")
                #expect(component.keys == ["key", "port"])
            }
        }
        let json = #"[{"descriptor": "a:b:c:d:1", "key": "{{X}}", "bare": {{X}}}]"#
        let component = try #require(
            file(json, ["X": value], path: "config.json").components.first)
        #expect(component["key"] == value)
        #expect(component["bare"] == value)
    }

    @Test("a variable can be a part of a text")
    func inText() throws {
        let component = try #require(
            file(
                "- descriptor: a:b:c:d:1\n  url: \"http://{{H}}:{{P}}/{{H}}{{P}}{{NONE}}\"",
                ["H": "h", "P": "80"]
            ).components.first)

        #expect(component["url"] == "http://h:80/h80")
    }

    @Test(
        "a trailing line end is not part of a secret",
        arguments: ["secret\n", "secret\r\n", "secret\n\n"])
    func lineEnd(value: String) throws {
        for place in ["{{X}}", "'{{X}}'"] {
            let component = try #require(
                file("- descriptor: a:b:c:d:1\n  key: \(place)", ["X": value]).components.first)

            #expect(component["key"] == "secret")
        }
    }

    @Test("numbers and booleans may have blanks around them")
    func typed() throws {
        let component = try #require(
            file("- descriptor: a:b:c:d:1\n  n: {{N}}\n  b: {{B}}", ["N": " 8 ", "B": "true "])
                .components.first)

        #expect(try component.integer("n") == 8)
        #expect(try component.boolean("b") == true)
    }

    @Test("a byte order mark and line ends of Windows are accepted")
    func windows() throws {
        let components = try file(
            "\u{FEFF}{{#X}}\r\n- descriptor: a:b:c:d:1\r\n  key: {{X}}\r\n  other: y\r\n{{/X}}\r\n",
            ["X": "x"]
        ).components

        #expect(components.count == 1)
        #expect(components.first?["key"] == "x")
        #expect(components.first?["other"] == "y")
    }

    @Test("messages contain no values of variables")
    func messages() {
        do {
            _ = try file("- {{X}}: 1\n  {{X}}: 2", ["X": "secret"])
            Issue.record("no error")
        } catch {
            #expect(
                "\(error)" == "config.yml:1:3: is no YAML: \"{{X}}\" is given twice (BAD_CONFIG)")
        }
    }

    @Test(
        "a variable with a name similar to those of the file causes a warning",
        arguments: [
            (["MONGO_ENABLE": "1"], ["MONGO_ENABLE"], "MONGO_ENABLED"),
            (["mongo_pas": "1"], ["mongo_pas"], "MONGO_PASS"),
            (["MONGO_PASSWORD": "secret"], ["MONGO_PASSWORD"], "MONGO_PASS"),
            (["MONGO_ENABLE": ""], [], ""), (["MONGO_ENABLED": "1"], [], ""),
            (["HTTP_PROXY": "x", "HTTP_ENABLED": "true", "PATH": "x", "MONGOC_X": "1"], [], ""),
            (["MONGO_PORT": "tcp://10.0.0.1:27017", "MONGO_PORT_27017_TCP_PORT": "1"], [], ""),
        ])
    func slips(parameters: [String: String], names: [String], meant: String) throws {
        let text = "[] # {{MONGO_ENABLED}} {{MONGO_PASS}} {{HTTP_PORT}}"

        let warnings = try file(text, parameters).warnings

        #expect(
            warnings
                == names.map {
                    "config.yml: \($0) is set, but the file does not use it; the closest name in the file is \(meant)"
                })
    }

    @Test("a file that cannot be read is named")
    func unreadable() throws {
        try withTemporaryFiles(["binary.yml": Data([0xFF, 0xFE, 0x00])]) { directory in
            for (name, message) in [
                ("none.yml", "cannot be read: No such file or directory"),
                ("", "cannot be read: Is a directory"), ("binary.yml", "is not in UTF-8"),
            ] {
                let path = "\(directory)/\(name)"
                #expect(throws: ConfigError(file: path, message, .readFailed)) {
                    try ConfigFile(path: path, parameters: [:])
                }
            }
        }
    }

    @Test("HTTP_PORT applies to a file that does not use it and has the old fixed port")
    func forgottenPort() throws {
        let fixed =
            "- descriptor: pip-services:endpoint:http:default:1.0\n  connection:\n    port: "
        func port(_ text: String, _ parameters: [String: String]) throws -> String? {
            try file(text, parameters).components.first?["connection.port"]
        }

        #expect(try port(fixed + "8080", ["HTTP_PORT": "9000"]) == "9000")
        #expect(try port(fixed + "8080", ["HTTP_PORT": ""]) == "8080")
        #expect(try port(fixed + "8080", [:]) == "8080")
        #expect(try port(fixed + "8081", ["HTTP_PORT": "9000"]) == "8081")
        #expect(try port(fixed + "8080 # not HTTP_PORT", ["HTTP_PORT": "9000"]) == "8080")
        #expect(
            try port(fixed + "{{HTTP_PORT}}{{^HTTP_PORT}}8080{{/HTTP_PORT}}", ["HTTP_PORT": "9000"])
                == "9000")
    }
}
