internal import CMongo

/// How a command is sent, and whether the read or write concern of the URI is added to it.
public enum MongoCommandKind: Sendable {
    /// Neither reads nor writes documents: `hello`, `ping`, `explain`, `listIndexes`. Sent once.
    case plain
    /// Retried once after a failover or a network error.
    case read
    /// Never retried: writes of many documents (`multi`), and creating or dropping.
    case write
    /// Carried out exactly once, even if it is retried after a failover or a network error:
    /// `findAndModify`, and `insert`, `update`, `delete` whose statements each affect one document.
    case retryableWrite

    var isWrite: Bool { self == .write || self == .retryableWrite }

    var shimKind: cmongo_kind {
        switch self {
        case .plain: CMONGO_PLAIN
        case .read: CMONGO_READ
        case .write: CMONGO_WRITE
        case .retryableWrite: CMONGO_WRITE_ONCE
        }
    }
}
