import Jobs
import NIOCore
import Platform

/// The calls to the file system that may fail while the store is in use. Tests replace them with
/// calls that fail.
///
/// All calls block. They are repeated only after an interruption by a signal.
struct FileCalls: Sendable {
    /// Creates an empty file to write to, and replaces a file of the same name.
    ///
    /// The file has the mode of the file `model`. If that does not exist, only the owner has
    /// access.
    var create: @Sendable (_ path: String, _ model: String?) throws(FileError) -> Int32
    /// Appends some of the bytes to the file, and returns how many.
    var write: @Sendable (_ file: Int32, UnsafeRawBufferPointer) throws(FileError) -> Int
    /// Synchronizes the written bytes to the disk.
    var synchronize: @Sendable (_ file: Int32) throws(FileError) -> Void
    /// Truncates a file. Further writes continue at its new end.
    var truncate: @Sendable (_ file: Int32, _ length: Int) throws(FileError) -> Void
    var rename: @Sendable (_ path: String, _ newPath: String) throws(FileError) -> Void
    var remove: @Sendable (_ path: String) throws(FileError) -> Void
    /// Synchronizes the names in a directory to the disk.
    var synchronizeDirectory: @Sendable (_ path: String) throws(FileError) -> Void
    /// Returns the free space of a directory, in bytes; `nil` if it is not known.
    var freeSpace: @Sendable (_ path: String) -> Int?

    static let system = FileCalls(
        create: { path, model throws(FileError) in
            // Always a new file: the existing name may be a link to a file of another owner.
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
            // Some file systems report the maximum number if there is no limit.
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
        // An error does not matter: bytes that were not synchronized before are discarded anyway.
        systemClose(file)
    }
}

/// The error of a failed system call.
struct FileError: Error, Equatable, CustomStringConvertible {
    var operation: String
    var number: Int32

    var description: String { "cannot \(operation): \(String(cString: strerror(number)))" }

    static let synchronization = "synchronize"

    /// Whether the system failed to synchronize bytes that it had accepted before.
    var isOfSynchronization: Bool { operation == Self.synchronization }

    static func noSpace(for path: String) -> FileError {
        FileError(operation: "write \(path)", number: ENOSPC)
    }

    /// Runs a system call that returns -1 on failure, and repeats it after an interruption by a
    /// signal.
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

// At the top level, where these names refer to the system calls.

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

/// Synchronizes the bytes and the length of a file to the disk, but not its times.
private func systemSynchronize(_ file: Int32) -> Int32 {
    #if canImport(Darwin)
        fcntl(file, F_FULLFSYNC)
    #else
        fdatasync(file)
    #endif
}
