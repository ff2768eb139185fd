import Platform

/// A lock that gives one process exclusive use of the files.
///
/// The system releases the lock when the process ends for any reason. So a lock file that is left
/// over does not block the next process.
final class LockFile: Sendable {
    private let descriptor: Int32

    /// The error if another process holds the lock.
    struct Held: Error {
        /// The description that the lock holder wrote into the file.
        var holder: String
    }

    /// - Throws: ``FileError``, ``Held``
    init(_ path: String) throws {
        // Links are not followed: a link of another user could make this call truncate its target.
        descriptor = try FileError.check("open") {
            open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        }
        var status = stat()
        // From here on an error closes the file: all properties are set, so `deinit` runs.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(operation: "lock (not a regular file)", number: EINVAL)
        }
        do {
            _ = try FileError.check("lock") { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.number == EWOULDBLOCK else { throw error }
            throw Held(holder: Self.text(of: descriptor))
        }
        // The description is for operators. The lock does not depend on it.
        let host = hostName()
        let text = "process \(getpid()) on \(host.isEmpty ? "this machine" : host)"
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    deinit { close(descriptor) }

    private static func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : "another process"
    }
}
