import Platform

/// Keeps the files to one process: whoever has this has them. The system gives it up with the
/// process, however that ends, so that a file that is left over holds nobody up.
final class LockFile: Sendable {
    private let descriptor: Int32

    /// Somebody else has the files.
    struct Held: Error {
        /// What he wrote of himself.
        var holder: String
    }

    /// - Throws: ``FileError``, ``Held``
    init(_ path: String) throws {
        // Not through a link, which somebody else may have put there to have the file behind it emptied.
        descriptor = try FileError.check("open") {
            open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        }
        var status = stat()
        // From here on an error closes it: all that has to be set is set, so that `deinit` runs.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(operation: "lock what is no file", number: EINVAL)
        }
        do {
            _ = try FileError.check("lock") { flock(descriptor, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.number == EWOULDBLOCK else { throw error }
            throw Held(holder: Self.text(of: descriptor))
        }
        // Who it is, is for people; that it is held does not depend on it.
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
