import Foundation
import JSON
import JobsClient

/// An argument that is wrong, which is noticed only when the command runs.
struct ArgumentFault: Error, CustomStringConvertible {
    let description: String
}

extension JSONText {
    /// Reads a JSON value from an argument, or from standard input if the argument is `-`.
    ///
    /// - Parameter subject: The beginning of the message for a value that is not JSON.
    init(argument: String, _ subject: String) throws {
        var text = argument
        if text == "-" {
            text = String(
                decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        }
        do {
            self = try JSONText(text)
        } catch {
            let quoted = "'\"\(argument)\"'"
            let isWord = argument.wholeMatch(of: #/[\w .-]+/#) != nil
            throw ArgumentFault(
                description: "The \(subject) not valid JSON: \(error)"
                    + (isWord ? "; a text needs quotes within quotes: \(quoted)" : ""))
        }
    }
}
