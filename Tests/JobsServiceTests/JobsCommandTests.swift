import ArgumentParser
import Testing

@testable import JobsCLI
@testable import JobsService

@Suite struct JobsCommandTests {
    private func serve(_ arguments: [String]) throws -> ServeCommand {
        try #require(try JobsCommand.parseAsRoot(arguments) as? ServeCommand)
    }

    private func migrate(_ arguments: [String]) throws -> MigrateCommand {
        try #require(try JobsCommand.parseAsRoot(arguments) as? MigrateCommand)
    }

    @Test("the service runs by default", arguments: [[], ["serve"]])
    func serves(arguments: [String]) throws {
        #expect(try serve(arguments).options.config == [])
    }

    @Test(
        "the configuration file is given in a short or a long form",
        arguments: [
            ["-c", "f.yml"], ["--config", "f.yml"], ["--config=f.yml"], ["serve", "-c", "f.yml"],
            ["-c", "f.yml", "serve"],
        ])
    func config(arguments: [String]) throws {
        #expect(try serve(arguments).options.config == ["f.yml"])
    }

    @Test("parameters have three forms and can be repeated")
    func parameters() throws {
        let command = try serve([
            "-p", "A=1", "--param", "B=2;C=3", "--params", "D=4", "--param=E=5",
        ])

        #expect(
            try Parameters.parse(command.options.parameters)
                == ["A": "1", "B": "2", "C": "3", "D": "4", "E": "5"])
    }

    @Test(
        "an unknown option is refused in every position",
        arguments: [
            ["--foo"], ["-x"], ["--foo=1"], ["--foo", "-p", "A=1"], ["-c", "f.yml", "--foo"],
            ["serve", "--foo"], ["-p", "A=1", "--foo", "1"],
        ])
    func unknown(arguments: [String]) {
        #expect(throws: (any Error).self) { try JobsCommand.parseAsRoot(arguments) }
    }

    @Test(
        "an option without its value is refused",
        arguments: [
            ["-c"], ["-p"], ["-c", "-p", "A=1"], ["--param", "--config", "x"], ["migrate", "-c"],
        ])
    func missingValue(arguments: [String]) {
        #expect(throws: (any Error).self) { try JobsCommand.parseAsRoot(arguments) }
    }

    @Test(
        "a parameter that is not a pair is refused",
        arguments: ["A", "=1", "A=1;B", " = "], [[], ["migrate"]])
    func noPair(text: String, command: [String]) {
        #expect(throws: (any Error).self) {
            try JobsCommand.parseAsRoot(command + ["-p", text])
        }
    }

    @Test(
        "a migration accepts the same options before and after its name",
        arguments: [
            ["migrate", "-c", "f.yml", "-p", "A=1", "--dry-run"],
            ["migrate", "--dry-run", "--config=f.yml", "--params", "A=1"],
            ["-c", "f.yml", "-p", "A=1", "migrate", "--dry-run"],
            ["-c", "f.yml", "migrate", "--dry-run", "-p", "A=1"],
        ])
    func migration(arguments: [String]) throws {
        let command = try migrate(arguments)

        #expect(command.dryRun)
        #expect(command.options.config == ["f.yml"])
        #expect(command.options.parameters == ["A=1"])
    }

    @Test(
        "arguments with the name of a command start neither the service nor a migration",
        arguments: [
            ["--foo", "migrate"], ["--dry-run", "migrate"], ["migrate", "--dryrun"],
            ["migrate", "all"], ["serve", "migrate"], ["--url", "http://x", "list"],
            ["--json", "clean"], ["-x", "delete", "--all"], ["serve", "start"],
            ["--foo", "health"],
        ])
    func mistakes(arguments: [String]) {
        #expect(throws: (any Error).self) { try JobsCommand.parseAsRoot(arguments) }
    }
}

@Suite struct ParametersTests {
    @Test(
        "pairs are separated by semicolons, with the blanks around names and values dropped",
        arguments: [
            (["a=1"], ["a": "1"]), (["a=1;b=2", "c=3"], ["a": "1", "b": "2", "c": "3"]),
            ([" a = 1 ; b= x y "], ["a": "1", "b": "x y"]), (["a=1;;", ""], ["a": "1"]),
            (["a=", "b=x=y"], ["a": "", "b": "x=y"]), (["a=1", "a=2"], ["a": "2"]), ([], [:]),
        ])
    func pairs(arguments: [String], parameters: [String: String]) throws {
        #expect(try Parameters.parse(arguments) == parameters)
    }

    @Test("the configuration can read the entry of a key with any name")
    func keyEntry() throws {
        let name = #"o'mailer: "x" # {{y}}"#
        let command = try #require(
            try JobsCommand.parseAsRoot(["key", name, "--scope", "work", "--type", "a, b: 'c'"])
                as? KeyCommand)

        let node = try ConfigNode(yaml: command.entry(for: "k"))

        guard case .list(let items) = node else {
            Issue.record("no list")
            return
        }
        #expect(items[0].flattened.first { $0.key == "name" }?.value == name)
        #expect(items[0].flattened.first { $0.key == "types.0" }?.value == "a, b: 'c'")
    }
}
