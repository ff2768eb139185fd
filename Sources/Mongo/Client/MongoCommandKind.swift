internal import CMongo

/// How a command is sent. The read or the write concern of the URI is added to it accordingly.
public enum MongoCommandKind: Sendable {
    /// Neither reads nor writes documents: `hello`, `ping`, `explain`, `listIndexes`. Sent once.
    case plain
    /// Sent again after a failover or a network error, once.
    case read
    /// Sent once, whatever happens: writes of many documents (`multi`), and what creates or drops.
    case write
    /// Carried out exactly once, though it is sent again after a failover or a network error:
    /// `findAndModify`, and `insert`, `update`, `delete` whose every statement is for one document.
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
