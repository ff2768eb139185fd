/// Why a store in a file does not start.
public struct FileStoreError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// A file does not read, or says what cannot be; all of them are as they were.
        case unreadable
        /// A file cannot be made or written.
        case unwritable
        /// Another process has the files.
        case inUse
    }

    public var kind: Kind
    public var file: String
    public var message: String

    init(_ kind: Kind, _ file: String, _ message: String) {
        self.kind = kind
        self.file = file
        self.message = message
    }

    public var description: String { "\(file): \(message)" }
}
