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

    @Test("bounds apply to rounded numbers")
    func bounds() {
        let schema = ArgumentType.integer(1...1000).schema

        #expect(
            String(buffer: schema.json)
                == #"{"type":"number","exclusiveMinimum":0,"maximum":1000}"#)
        #expect(String(buffer: ArgumentType.integer().schema.json) == #"{"type":"number"}"#)
    }
}
