import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where log lines go.
struct ConsoleOutput: Sendable {
    enum Stream: Sendable {
        case output, error
    }

    /// Writes whole lines. Lines of several threads do not mix.
    let write: @Sendable (_ lines: String, _ stream: Stream) -> Void

    /// The process's own standard output and standard error, unbuffered: a line is out when the
    /// call returns, also if the process is killed right after.
    static let standard = ConsoleOutput { lines, stream in
        let descriptor = stream == .output ? STDOUT_FILENO : STDERR_FILENO
        var lines = lines
        lines.withUTF8 { bytes in
            lock.withLock { _ in writeAll(UnsafeRawBufferPointer(bytes), to: descriptor) }
        }
    }

    /// A pipe takes only short lines in one piece, so long ones need their turn.
    private static let lock = Mutex(())
}

/// Gives up silently where the reader has gone: there is nobody left to tell.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let written = write(descriptor, piece.baseAddress, piece.count)
        if written >= 0 {
            rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
            // Somebody else made the terminal or the pipe non-blocking.
            var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&readiness, 1, -1)
        } else if errno != EINTR {
            return
        }
    }
}
