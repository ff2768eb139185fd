import Platform
import SystemPackage

/// The names of the files of the store, which are all in the directory of the snapshot.
struct FileNames: Sendable {
    let snapshot: String

    init(_ path: String) {
        snapshot = path
    }

    /// The lock file, which names the process that uses the files.
    var lock: String { "\(snapshot).lock" }
    /// The next snapshot, until it is complete.
    var newSnapshot: String { "\(snapshot).new" }
    /// The next segment of the journal, until its head is complete.
    var newSegment: String { "\(snapshot).journal.new" }

    func segment(_ generation: Int64) -> String { "\(snapshot).journal.\(generation)" }

    var directory: String {
        guard let slash = snapshot.lastIndex(of: "/") else { return "." }
        return slash == snapshot.startIndex ? "/" : String(snapshot[..<slash])
    }

    /// Returns the generations of the existing segments, in order.
    func generations() throws(FileError) -> [Int64] {
        guard let stream = opendir(directory) else {
            throw FileError(operation: "open", code: Errno(rawValue: errno))
        }
        defer { closedir(stream) }
        let start = segment(0).dropLast().split(separator: "/").last ?? ""
        var generations: [Int64] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(start), let generation = Int64(name.dropFirst(start.count)),
                1..<Int64.max ~= generation
            else { continue }
            generations.append(generation)
        }
        return generations.sorted()
    }

    /// Creates the directory and its parents, if they do not exist.
    func makeDirectory() throws(FileError) {
        let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
        for count in 1...parts.count {
            let path = parts[..<count].joined(separator: "/")
            if path.isEmpty || access(path, F_OK) == 0 { continue }
            do throws(FileError) {
                try FileError.check("make the directory") { mkdir(path, 0o777) }
            } catch {
                guard error.code == .fileExists else { throw error }
            }
            // Otherwise the directory with all its files could be lost after a power failure.
            try FileCalls.system.synchronizeDirectory(FileNames(path).directory)
        }
    }
}
