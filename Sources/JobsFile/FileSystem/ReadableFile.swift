import NIOCore
import Platform

/// A file that is open for reading. It is closed when the value is deallocated.
final class ReadableFile {
    private let descriptor: Int32
    /// The length of the file when it was opened.
    let length: Int

    /// Opens a file.
    ///
    /// - Returns: The file; `nil` if it does not exist.
    static func open(_ path: String) throws(FileError) -> ReadableFile? {
        do {
            return try ReadableFile(path)
        } catch {
            guard error.number == ENOENT else { throw error }
            return nil
        }
    }

    private init(_ path: String) throws(FileError) {
        descriptor = try FileError.check("open") { openForReading(path) }
        var status = stat()
        let result = fstat(descriptor, &status)
        length = Int(status.st_size)
        guard result == 0 else { throw FileError(operation: "open", number: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(
                operation: "read", number: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL)
        }
    }

    deinit { close(descriptor) }

    /// Reads exactly `count` bytes.
    func read(at offset: Int, count: Int) throws(FileError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        while buffer.readableBytes < count {
            let done = buffer.readableBytes
            var result = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) { bytes in
                result = pread(descriptor, bytes.baseAddress, count - done, off_t(offset + done))
                return max(result, 0)
            }
            if result == 0 { throw FileError(operation: "read", number: EIO) }
            if result < 0, errno != EINTR { throw FileError(operation: "read", number: errno) }
        }
        return buffer
    }
}

/// At the top level, where the name refers to the system call.
private func openForReading(_ path: String) -> Int32 {
    // Without `O_NONBLOCK`, opening a pipe would block until it has a writer.
    open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
}
