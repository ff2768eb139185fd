import Jobs
import NIOCore
import Platform
import SystemPackage

// NIOCore has a protocol of this name.
import struct SystemPackage.FileDescriptor

/// The calls to the file system that may fail while the store is in use. Tests replace them with
/// calls that fail.
///
/// All calls block. They are repeated only after an interruption by a signal.
struct FileCalls: Sendable {
    /// Creates an empty file to write to, and replaces a file of the same name.
    ///
    /// The file has the mode of the file `model`. If that does not exist, only the owner has
    /// access.
    var create: @Sendable (_ path: String, _ model: String?) throws(FileError) -> FileDescriptor
    /// Appends some of the bytes to the file, and returns how many.
    var write: @Sendable (FileDescriptor, UnsafeRawBufferPointer) throws(FileError) -> Int
    /// Synchronizes the written bytes to the disk.
    var synchronize: @Sendable (FileDescriptor) throws(FileError) -> Void
    /// Truncates a file. Further writes continue at its new end.
    var truncate: @Sendable (FileDescriptor, _ length: Int) throws(FileError) -> Void
    var rename: @Sendable (_ path: String, _ newPath: String) throws(FileError) -> Void
    var remove: @Sendable (_ path: String) throws(FileError) -> Void
    /// Synchronizes the names in a directory to the disk.
    var synchronizeDirectory: @Sendable (_ path: String) throws(FileError) -> Void
    /// Returns the free space of a directory, in bytes; `nil` if it is not known.
    var freeSpace: @Sendable (_ path: String) -> Int?

    static let system = FileCalls(
        create: { path, model throws(FileError) in
            // Always a new file: the existing name may be a link to a file of another owner.
            do throws(FileError) {
                try FileError.check("create") { unlink(path) }
            } catch {
                guard error.code == .noSuchFileOrDirectory else { throw error }
            }
            let file = try FileError.of("create") {
                try FileDescriptor.open(
                    FilePath(path), .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: .ownerReadWrite)
            }
            if let model, let status = try? Stat(FilePath(model)) {
                fchmod(file.rawValue, status.permissions.rawValue)
            }
            return file
        },
        write: { file, bytes throws(FileError) in
            try FileError.of("write") { try file.write(bytes) }
        },
        synchronize: { file throws(FileError) in
            try FileError.check(FileError.synchronization) { systemSynchronize(file.rawValue) }
        },
        truncate: { file, length throws(FileError) in
            try FileError.of("truncate") {
                try file.resize(to: Int64(length))
                try file.seek(offset: Int64(length), from: .start)
            }
        },
        rename: { path, newPath throws(FileError) in
            try FileError.check("rename") { systemRename(path, newPath) }
        },
        remove: { path throws(FileError) in
            try FileError.check("remove") { unlink(path) }
        },
        synchronizeDirectory: { path throws(FileError) in
            let directory = try FileError.of("open") {
                try FileDescriptor.open(
                    FilePath(path), .readOnly, options: [.directory, .closeOnExec])
            }
            defer { try? directory.close() }
            try FileError.check(FileError.synchronization) { fsync(directory.rawValue) }
        },
        freeSpace: { path in
            var status = statvfs()
            guard statvfs(path, &status) == 0 else { return nil }
            // Some file systems report the maximum number if there is no limit.
            return Int(clamping: status.f_bavail).multipliedClamped(
                by: Int(clamping: status.f_frsize))
        })

    func writeAll(_ buffer: ByteBuffer, to file: FileDescriptor) throws(FileError) {
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

    func close(_ file: FileDescriptor) {
        // An error does not matter: bytes that were not synchronized before are discarded anyway.
        try? file.close()
    }
}

// At the top level, where the name refers to the system call, which the library lacks.
private func systemRename(_ path: String, _ newPath: String) -> Int32 {
    rename(path, newPath)
}

/// Synchronizes the bytes and the length of a file to the disk, but not its times.
private func systemSynchronize(_ file: Int32) -> Int32 {
    #if canImport(Darwin)
        fcntl(file, F_FULLFSYNC)
    #else
        fdatasync(file)
    #endif
}
