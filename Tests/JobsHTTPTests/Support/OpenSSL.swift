import Foundation
import Testing

/// Runs the command-line tool and returns what it prints.
@discardableResult
func openssl(_ arguments: String..., input: String = "") throws -> String {
    try openssl(arguments, input: input)
}

@discardableResult
func openssl(_ arguments: [String], input: String = "") throws -> String {
    let (output, status) = try runOpenSSL(arguments, input: input)
    try #require(status == 0, "openssl \(arguments)")
    return output
}

/// Runs the command-line tool, which may fail.
func runOpenSSL(_ arguments: [String], input: String = "") throws -> (
    output: String, status: Int32
) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    let (sent, printed) = (Pipe(), Pipe())
    process.standardInput = sent
    process.standardOutput = printed
    process.standardError = FileHandle.nullDevice
    try process.run()
    try sent.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try sent.fileHandleForWriting.close()
    let output = try printed.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (String(decoding: output, as: UTF8.self), process.terminationStatus)
}
