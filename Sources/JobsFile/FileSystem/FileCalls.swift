import Jobs
import NIOCore
import Platform

/// What the store asks of the file system where that may fail in service. Tests put other calls in
/// their place, to have them fail.
///
/// All of them block. None is retried here but for what a signal has interrupted.
struct FileCalls: Sendable {
    /// Makes an empty file to write to, in place of one of the name. It has the mode of `model`, if there
    /// is such a file, and is the owner's alone else.
    var create: @Sendable (_ path: String, _ model: String?) throws(FileError) -> Int32
    /// Writes some of the bytes at the end of what was written, and says how many.
    var write: @Sendable (_ file: Int32, UnsafeRawBufferPointer) throws(FileError) -> Int
    /// Returns when what was written is on the disk.
    var synchronize: @Sendable (_ file: Int32) throws(FileError) -> Void
    /// Cuts a file off, and goes on writing there.
    var truncate: @Sendable (_ file: Int32, _ length: Int) throws(FileError) -> Void
    var rename: @Sendable (_ path: String, _ newPath: String) throws(FileError) -> Void
    var remove: @Sendable (_ path: String) throws(FileError) -> Void
    /// Returns when the names in a directory are on the disk.
    var synchronizeDirectory: @Sendable (_ path: String) throws(FileError) -> Void
    /// How many bytes can still be written into a directory; nil if nobody knows.
    var freeSpace: @Sendable (_ path: String) -> Int?

    static let system = FileCalls(
        create: { path, model throws(FileError) in
            // Always a new one: what is there may be a link to a file of somebody else's.
            if unlink(path) != 0, errno != ENOENT {
                throw FileError(operation: "create", number: errno)
            }
            let file = try FileError.check("create") {
                systemOpen(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            }
            var status = stat()
            if let model, stat(model, &status) == 0 { fchmod(file, status.st_mode & 0o7777) }
            return file
        },
        write: { file, bytes throws(FileError) in
            try FileError.check("write") { systemWrite(file, bytes) }
        },
        synchronize: { file throws(FileError) in
            _ = try FileError.check(FileError.synchronization) { systemSynchronize(file) }
        },
        truncate: { file, length throws(FileError) in
            _ = try FileError.check("truncate") { ftruncate(file, length) }
            _ = try FileError.check("truncate") { lseek(file, length, SEEK_SET) }
        },
        rename: { path, newPath throws(FileError) in
            _ = try FileError.check("rename") { systemRename(path, newPath) }
        },
        remove: { path throws(FileError) in
            _ = try FileError.check("remove") { unlink(path) }
        },
        synchronizeDirectory: { path throws(FileError) in
            let directory = try FileError.check("open") {
                systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            defer { systemClose(directory) }
            _ = try FileError.check(FileError.synchronization) { fsync(directory) }
        },
        freeSpace: { path in
            var status = statvfs()
            guard statvfs(path, &status) == 0 else { return nil }
            // Some file systems say "without limit" by the largest numbers that there are.
            return Int(clamping: status.f_bavail).multipliedClamped(
                by: Int(clamping: status.f_frsize))
        })

    func writeAll(_ buffer: ByteBuffer, to file: Int32) throws(FileError) {
        var written = 0
        while written < buffer.readableBytes {
            let result = buffer.withUnsafeReadableBytes { bytes in
                Result { () throws(FileError) in
                    try write(file, UnsafeRawBufferPointer(rebasing: bytes[written...]))
                }
            }
            written += try result.get()
        }
    }

    func close(_ file: Int32) {
        // What was not synchronized before is given up anyway.
        systemClose(file)
    }
}

/// A call of the system that failed.
struct FileError: Error, Equatable, CustomStringConvertible {
    var operation: String
    var number: Int32

    var description: String { "cannot \(operation): \(String(cString: strerror(number)))" }

    static let synchronization = "synchronize"

    /// Whether the system has failed to bring to the disk what it had taken before.
    var isOfSynchronization: Bool { operation == Self.synchronization }

    static func noSpace(for path: String) -> FileError {
        FileError(operation: "write \(path)", number: ENOSPC)
    }

    /// Runs a call that says -1 where it fails, again where a signal came in between.
    static func check<Value: SignedInteger>(
        _ operation: String, _ call: () -> Value
    ) throws(FileError) -> Value {
        while true {
            let result = call()
            if result != -1 { return result }
            guard errno == EINTR else { throw FileError(operation: operation, number: errno) }
        }
    }
}

// At the top level, where these names still mean the calls.

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Int32 {
    open(path, flags, mode)
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}

private func systemRename(_ path: String, _ newPath: String) -> Int32 {
    rename(path, newPath)
}

private func systemClose(_ file: Int32) {
    close(file)
}

/// Returns when the bytes of a file are on the disk, and its length, but not its times.
private func systemSynchronize(_ file: Int32) -> Int32 {
    #if canImport(Darwin)
        fcntl(file, F_FULLFSYNC)
    #else
        fdatasync(file)
    #endif
}
