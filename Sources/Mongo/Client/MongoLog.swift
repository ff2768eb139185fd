internal import CMongo
internal import Foundation
internal import Synchronization

/// The log of libmongoc, besides the errors that calls throw. There is one per process.
public enum MongoLog {
    /// libmongoc's own levels; a monitor that cannot reach its server often logs at `debug`.
    public enum Level: Int, Sendable, Comparable {
        case error, critical, warning, message, info, debug, trace

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// - Parameters:
    ///   - domain: the part of libmongoc that logs.
    ///   - message: without credentials.
    public typealias Sink = @Sendable (_ level: Level, _ domain: String, _ message: String) -> Void

    /// Sends all further messages to `sink`, which is called from any thread and must not call
    /// MongoDB. Until then warnings and worse go to standard error.
    public static func send(to sink: @escaping Sink) {
        Self.sink.withLock { $0 = sink }
    }

    private static let sink = Mutex<Sink> { level, domain, message in
        guard level <= .warning else { return }
        try? FileHandle.standardError.write(contentsOf: Data("\(domain): \(message)\n".utf8))
    }

    /// Initializes libmongoc, once per process; read it before using libmongoc.
    static let isReady: Bool = {
        cmongo_start { level, domain, message in
            guard let domain, let message, let level = Level(rawValue: Int(level)) else { return }
            let text = String(cString: message)
            // A server that fails a command has aborted its transaction; the call throws that
            // failure.
            guard !text.hasPrefix("Error in abortTransaction") else { return }
            let sink = MongoLog.sink.withLock { $0 }
            sink(level, String(cString: domain), redactingCredentials(text))
        }
        return true
    }()
}
