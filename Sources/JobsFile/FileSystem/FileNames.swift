import Platform

/// The names of the store's files, which all lie beside the snapshot.
struct FileNames: Sendable {
    let snapshot: String

    init(_ path: String) {
        snapshot = path
    }

    /// Holds who uses the files.
    var lock: String { "\(snapshot).lock" }
    /// What is going to be the snapshot, when it is whole.
    var newSnapshot: String { "\(snapshot).new" }
    /// What is going to be a segment of the journal, when its head is whole.
    var newSegment: String { "\(snapshot).journal.new" }

    func segment(_ generation: Int64) -> String { "\(snapshot).journal.\(generation)" }

    var directory: String {
        guard let slash = snapshot.lastIndex(of: "/") else { return "." }
        return slash == snapshot.startIndex ? "/" : String(snapshot[..<slash])
    }

    /// The generations of the segments that there are, in order.
    func generations() throws(FileError) -> [Int64] {
        guard let stream = opendir(directory) else {
            throw FileError(operation: "open", number: errno)
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

    /// Makes the directory, and those that it lies in, where they are missing.
    func makeDirectory() throws(FileError) {
        let parts = directory.split(separator: "/", omittingEmptySubsequences: false)
        for count in 1...parts.count {
            let path = parts[..<count].joined(separator: "/")
            if path.isEmpty || access(path, F_OK) == 0 { continue }
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
                throw FileError(operation: "make the directory", number: errno)
            }
            // Or all that is going to be in it could be gone after a power cut.
            try FileCalls.system.synchronizeDirectory(FileNames(path).directory)
        }
    }
}
