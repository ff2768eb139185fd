import Platform
import SystemPackage

/// A lock that gives one process exclusive use of the files.
///
/// The system releases the lock when the process ends for any reason. So a lock file that is left
/// over does not block the next process.
final class LockFile: Sendable {
    private let file: FileDescriptor

    /// The error if another process holds the lock.
    struct Held: Error {
        /// The description that the lock holder wrote into the file.
        var holder: String
    }

    /// - Throws: ``FileError``, ``Held``
    init(_ path: String) throws {
        // Links are not followed: a link of another user could make this call truncate its target.
        file = try FileError.of("open") {
            try FileDescriptor.open(
                FilePath(path), .readWrite,
                options: [.create, .closeOnExec, .noFollow, .nonBlocking],
                permissions: .ownerReadWrite)
        }
        // From here on an error closes the file: all properties are set, so `deinit` runs.
        guard let status = try? file.stat(), status.type == .regular else {
            throw FileError(operation: "lock (not a regular file)", code: .invalidArgument)
        }
        do throws(FileError) {
            try FileError.check("lock") { flock(file.rawValue, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.code == .wouldBlock else { throw error }
            throw Held(holder: Self.text(of: file))
        }
        // The description is for operators. The lock does not depend on it.
        let host = hostName()
        let text = "process \(getpid()) on \(host.isEmpty ? "this machine" : host)"
        try? file.resize(to: 0)
        _ = try? file.writeAll(toAbsoluteOffset: 0, text.utf8)
    }

    deinit { try? file.close() }

    private static func text(of file: FileDescriptor) -> String {
        let bytes = [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            count = (try? file.read(fromAbsoluteOffset: 0, into: .init(buffer))) ?? 0
        }
        return bytes.isEmpty ? "another process" : String(decoding: bytes, as: UTF8.self)
    }
}
