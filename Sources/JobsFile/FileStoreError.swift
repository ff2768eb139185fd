/// The error of a store in a file that cannot be opened.
public struct FileStoreError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// A file cannot be read, or its content is invalid. All files are unchanged.
        case unreadable
        /// A file cannot be created or written.
        case unwritable
        /// Another process uses the files.
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
