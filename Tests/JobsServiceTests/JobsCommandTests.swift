import ArgumentParser
import Testing

@testable import JobsService

@Suite struct JobsCommandTests {
    @Test(
        "the configuration file is given in a short or a long form",
        arguments: [["-c", "f.yml"], ["--config", "f.yml"], ["--config=f.yml"]])
    func config(arguments: [String]) throws {
        #expect(try JobsCommand.parse(arguments).config == ["f.yml"])
    }

    @Test("parameters are given in three forms, as often as one likes")
    func parameters() throws {
        let command = try JobsCommand.parse([
            "-p", "A=1", "--param", "B=2;C=3", "--params", "D=4", "--param=E=5",
        ])

        #expect(
            try Parameters.parse(command.parameters)
                == ["A": "1", "B": "2", "C": "3", "D": "4", "E": "5"])
    }

    @Test("unknown options and arguments are kept aside, wherever they stand")
    func unknown() throws {
        let command = try JobsCommand.parse(["--foo", "-p", "A=1", "run", "-x", "-c", "f.yml"])

        #expect(command.unknown == ["--foo", "run", "-x"])
        #expect(command.parameters == ["A=1"])
        #expect(command.config == ["f.yml"])
    }

    @Test(
        "an option without its value is refused",
        arguments: [["-c"], ["-p"], ["-c", "-p", "A=1"], ["--param", "--config", "x"]])
    func missingValue(arguments: [String]) {
        #expect(throws: (any Error).self) { try JobsCommand.parse(arguments) }
    }

    @Test("a parameter that is no pair is refused", arguments: ["A", "=1", "A=1;B", " = "])
    func noPair(text: String) {
        #expect(throws: (any Error).self) { try JobsCommand.parse(["-p", text]) }
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
}
