import Jobs
import Synchronization

@testable import JobsMongo

/// Keeps the names of events, with the number of jobs where an event has one.
final class RecordingObserver: JobObserver {
    private let names = Mutex<[String]>([])

    func observe(_ event: JobEvent) {
        let name: String? =
            switch event {
            case .failed(let job): job.failed == nil ? "failed" : "dead"
            case .cancelled: "cancelled"
            case .completed: "completed"
            case .exhausted: "exhausted"
            case .expired(_, let count): "expired \(count)"
            case .lapsed: "lapsed"
            default: nil
            }
        if let name { names.withLock { $0.append(name) } }
    }

    /// Returns the events since the last call.
    func take() -> [String] {
        names.withLock { names in
            defer { names = [] }
            return names
        }
    }
}

extension TestCollection {
    /// A new instance of the store that reports its events.
    func store(observer: any JobObserver) -> MongoJobsPersistence {
        MongoJobsPersistence(
            client: client, database: database, collection: name, observer: observer)
    }
}
