import Platform
import SystemPackage

/// The error of a failed system call.
struct FileError: Error, Equatable, CustomStringConvertible {
    var operation: String
    var code: Errno

    var description: String { "cannot \(operation): \(code)" }

    static let synchronization = "synchronize"

    /// Whether the system failed to synchronize bytes that it had accepted before.
    var isOfSynchronization: Bool { operation == Self.synchronization }

    static func noSpace(for path: String) -> FileError {
        FileError(operation: "write \(path)", code: .noSpace)
    }

    /// Runs a call that throws only `Errno`.
    static func of<Value>(
        _ operation: String, _ call: () throws -> Value
    ) throws(FileError) -> Value {
        do {
            return try call()
        } catch {
            throw FileError(operation: operation, code: error as? Errno ?? .invalidArgument)
        }
    }

    /// Runs a system call that the library lacks, which returns -1 on failure, and repeats it after
    /// an interruption by a signal.
    static func check(_ operation: String, _ call: () -> Int32) throws(FileError) {
        while call() == -1 {
            let number = Errno(rawValue: errno)
            guard number == .interrupted else {
                throw FileError(operation: operation, code: number)
            }
        }
    }
}
