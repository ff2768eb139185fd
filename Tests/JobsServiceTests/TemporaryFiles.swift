import Foundation

/// Lends a directory with some files, and removes it in any case.
/// - Parameter files: The contents by name.
func withTemporaryFiles<Result>(
    _ files: [String: Data], _ body: (_ directory: String) throws -> Result
) throws -> Result {
    let directory = try makeTemporaryDirectory(files)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path())
}

func withTemporaryFiles<Result>(
    _ files: [String: Data], _ body: (_ directory: String) async throws -> Result
) async throws -> Result {
    let directory = try makeTemporaryDirectory(files)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory.path())
}

private func makeTemporaryDirectory(_ files: [String: Data]) throws -> URL {
    let directory = URL.temporaryDirectory.appending(path: "jobs-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
    for (name, contents) in files { try contents.write(to: directory.appending(path: name)) }
    return directory
}
