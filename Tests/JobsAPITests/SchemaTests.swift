import NIOCore
import Testing

@testable import JobsAPI

@Suite("Schemas of arguments")
struct SchemaTests {
    @Test("every argument has a note", arguments: Command.all)
    func notes(command: Command) {
        func check(_ arguments: [Argument]) {
            for argument in arguments {
                #expect(!argument.note.text.isEmpty, "\(argument.name)")
                switch argument.type {
                case .object(let members), .array(let members): check(members)
                default: break
                }
            }
        }
        check(command.arguments)
    }

    @Test("an optional argument may be null, and a required one may not")
    func nullable() {
        let schema = [
            Argument.optional("lock_token", .string), .required("job_id", .string),
        ].schema

        #expect(
            String(buffer: schema.json).contains(
                #""lock_token":{"type":["string","null"],"#))
        #expect(String(buffer: schema.json).contains(#""job_id":{"type":"string","#))
        #expect(String(buffer: schema.json).hasSuffix(#""required":["job_id"]}"#))
    }

    @Test("the names of an optional choice include null")
    func choices() {
        let schema = [Argument.optional("order", .choice(["asc", "desc"]))].schema

        #expect(
            String(buffer: schema.json).contains(
                #""order":{"type":["string","null"],"enum":["asc","desc",null],"#))
    }

    @Test("a strict filter needs a key that is not null, and knows no others")
    func strictFilter() {
        let schema = String(buffer: ArgumentType.filter(isStrict: true).schema.json)

        #expect(schema.contains(#""type":{"type":["string","null"],"maxLength":1024,"#))
        #expect(schema.contains(#""created_from":{"type":["string","null"],"format":"date-time","#))
        #expect(
            schema.hasSuffix(
                #""additionalProperties":false,"not":{"additionalProperties":{"type":"null"}}}"#))
    }

    @Test("bounds apply to rounded numbers")
    func bounds() {
        let schema = ArgumentType.integer(1...1000).schema

        #expect(
            String(buffer: schema.json)
                == #"{"type":"number","exclusiveMinimum":0,"maximum":1000}"#)
        #expect(String(buffer: ArgumentType.integer().schema.json) == #"{"type":"number"}"#)
    }
}
