import Foundation
import Testing

/// Runs the command-line tool and returns what it prints.
@discardableResult
func openssl(_ arguments: String..., input: String = "") throws -> String {
    try openssl(arguments, input: input)
}

@discardableResult
func openssl(_ arguments: [String], input: String = "") throws -> String {
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
    try #require(process.terminationStatus == 0, "openssl \(arguments)")
    return String(decoding: output, as: UTF8.self)
}
