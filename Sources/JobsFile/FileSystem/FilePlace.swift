import Platform
import SystemPackage

/// The real location of a file, resolved before a file is created there.
///
/// A snapshot replaces the previous one by a rename, and the journal is next to it. So the path has
/// to name a regular file in a directory, or no file yet. With anything else, accepted jobs would
/// be written to a place from which the next start does not read them.
struct FilePlace {
    /// The names of the files, next to the target of the links.
    let names: FileNames
    /// A warning about the location for the operator.
    private(set) var warning: String?

    /// - Throws: ``FileStoreError``
    init(_ path: String) throws {
        var path = path
        // The system follows as many links.
        for _ in 0..<40 {
            guard let target = try Self.target(ofLink: path) else {
                names = FileNames(path)
                try check()
                return
            }
            path = target
        }
        throw FileStoreError(.unreadable, path, "is a link that leads nowhere: \(Self.advice)")
    }

    private static let advice = "give the path of a file in a directory of its own"

    private mutating func check() throws {
        let path = names.snapshot
        guard let name = path.split(separator: "/", omittingEmptySubsequences: false).last,
            !["", ".", ".."].contains(name)
        else {
            throw FileStoreError(
                .unreadable, path,
                "is a directory: give the path of a file in it, such as jobs.json")
        }
        let status: Stat
        do throws(Errno) {
            status = try Stat(FilePath(path))
        } catch {
            // No file yet. A problem with the directory is reported when it is created.
            if [.noSuchFileOrDirectory, .notDirectory].contains(error) { return }
            throw FileStoreError(
                .unreadable, path, "\(FileError(operation: "look at it", code: error))")
        }
        switch status.type {
        case .regular: break
        case .directory:
            throw FileStoreError(
                .unreadable, path,
                "is a directory: give the path of a file in it, such as jobs.json")
        default:
            throw FileStoreError(
                .unreadable, path, "is a device, a socket or a pipe, no file: \(Self.advice)")
        }
        if isMountPoint(status) {
            throw FileStoreError(
                .unwritable, path,
                """
                is a file that is mounted by itself, which can be neither replaced nor have its journal \
                beside it: mount the directory that it lies in
                """)
        }
        if status.linkCount > 1 {
            warning = """
                \(path) has \(status.linkCount - 1) other names (hard links): jobs are kept under this name \
                alone, and the others keep those of before
                """
        }
    }

    /// Returns the target of a symbolic link; `nil` if the path is not a link.
    private static func target(ofLink path: String) throws -> String? {
        var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        let target = String(decoding: bytes[..<count], as: UTF8.self)
        let link = FileNames(path)
        // Earlier versions did not follow links. Their journal may hold jobs that no other file
        // has.
        if let generations = try? link.generations(), !generations.isEmpty {
            throw FileStoreError(
                .unreadable, path,
                """
                is a link to \(target), and has a journal beside it: move that beside the file that it \
                leads to, under its name, or put the file in the place of the link
                """)
        }
        return target.hasPrefix("/") ? target : "\(link.directory)/\(target)"
    }

    private func isMountPoint(_ status: Stat) -> Bool {
        if let directory = try? Stat(FilePath(names.directory)),
            directory.deviceID != status.deviceID
        {
            return true
        }
        // A mount from the same file system is visible only here.
        guard let real = realpath(names.snapshot, nil) else { return false }
        defer { free(real) }
        return MountTable.points.contains(String(cString: real))
    }
}

/// The mount points that this process sees.
private enum MountTable {
    /// The mount points; empty if the system does not report them.
    static var points: Set<String> {
        guard let table = fopen("/proc/thread-self/mountinfo", "r") else { return [] }
        defer { fclose(table) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        var points: Set<String> = []
        while getline(&line, &capacity, table) > 0, let line {
            // Id, parent, device, root, and the place; see proc_pid_mountinfo(5).
            let fields = String(cString: line).split(separator: " ")
            if fields.count > 4 { points.insert(unescaped(fields[4])) }
        }
        return points
    }

    /// Decodes blanks and similar characters, which are written as a backslash and three octal
    /// digits.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
