import NIOCore
import SystemPackage

import struct SystemPackage.FileDescriptor

/// A file that is open for reading. It is closed when the value is deallocated.
final class ReadableFile {
    private let file: FileDescriptor
    /// The length of the file when it was opened.
    let length: Int

    /// Opens a file.
    ///
    /// - Returns: The file; `nil` if it does not exist.
    static func open(_ path: String) throws(FileError) -> ReadableFile? {
        do {
            return try ReadableFile(path)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    private init(_ path: String) throws(FileError) {
        let (file, status) = try FileError.of("open") {
            // Without `nonBlocking`, opening a pipe would block until it has a writer.
            let file = try FileDescriptor.open(
                FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
            return (file, Result { () throws(Errno) in try file.stat() })
        }
        self.file = file
        length = (try? status.get().size).map { Int($0) } ?? 0
        // From here on an error closes the file: all properties are set, so `deinit` runs.
        let type = try FileError.of("open") { try status.get().type }
        guard type == .regular else {
            throw FileError(
                operation: "read", code: type == .directory ? .isDirectory : .invalidArgument)
        }
    }

    deinit { try? file.close() }

    /// Reads exactly `count` bytes.
    func read(at offset: Int, count: Int) throws(FileError) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count)
        while buffer.readableBytes < count {
            let done = buffer.readableBytes
            let read = try FileError.of("read") {
                try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count - done) {
                    try file.read(
                        fromAbsoluteOffset: Int64(offset + done),
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[..<(count - done)]))
                }
            }
            if read == 0 { throw FileError(operation: "read", code: .ioError) }
        }
        return buffer
    }
}
