import HTTPEdge
import JSON
import Jobs
import JobsEngine
import NIOCore
import Synchronization

/// The state of the service at a moment: an event of the stream that all listeners share.
///
/// It is encoded once for all listeners that may see the same types.
final class Summary: Sendable {
    /// The part of a summary that a listener sees.
    struct View: Hashable {
        /// The types that the caller may see; `nil` for all.
        var types: Set<ExactText>?
        /// The number of minutes of the rates.
        var minutes: Int
    }

    /// The instance that makes a summary.
    struct Source: Sendable {
        let instance: String
        let version: String
    }

    /// The number of the event, greater than those of the events before it.
    let number: Int
    let source: Source
    /// The last known numbers; `nil` if there are none yet.
    let knowledge: TypeKnowledge?
    /// Why these are not current; `nil` if they are.
    let failure: HTTPFailure?
    let isOverloaded: Bool
    /// The time until the next summary is due.
    let pace: Duration
    let madeAt = ContinuousClock.now
    private let encoded = Mutex<[View: ByteBuffer]>([:])

    init(
        number: Int, source: Source, knowledge: TypeKnowledge?, failure: HTTPFailure?,
        isOverloaded: Bool, pace: Duration
    ) {
        self.number = number
        self.source = source
        self.knowledge = knowledge
        self.failure = failure
        self.isOverloaded = isOverloaded
        self.pace = pace
    }

    /// When the next one is due.
    var due: ContinuousClock.Instant { madeAt + pace }

    /// The size of the largest view that was encoded, in bytes.
    var size: Int { encoded.withLock { $0.values.lazy.map(\.readableBytes).max() ?? 0 } }

    /// The bytes of the event.
    func bytes(for view: View) -> ByteBuffer {
        if let known = encoded.withLock({ $0[view] }) { return known }
        // Outside the lock, which others wait for on event loops. Two that come together encode
        // twice.
        let bytes = event(view)
        encoded.withLock { $0[view] = bytes }
        return bytes
    }

    private func event(_ view: View) -> ByteBuffer {
        var bytes = ByteBuffer(string: "id: \(number)\nevent: summary\ndata: ")
        var data = data(view)
        bytes.writeBuffer(&data)
        bytes.writeString("\n\n")
        return bytes
    }

    private func data(_ view: View) -> ByteBuffer {
        var json = JSONWriter(capacity: 4096)
        json.beginObject()
        if let knowledge {
            json.key("time")
            json.date(knowledge.time)
            json.key("age")
            json.integer(knowledge.countedSince.duration(to: .now).wholeMilliseconds)
        }
        json.key("every")
        json.integer(pace.wholeMilliseconds)
        json.key("overloaded")
        json.boolean(isOverloaded)
        json.key("available")
        json.boolean(failure == nil)
        if let failure {
            json.key("error")
            json.beginObject()
            json.key("code")
            json.string(failure.code)
            json.key("message")
            json.string(failure.message)
            json.endObject()
        }
        json.key("instance")
        json.string(source.instance)
        json.key("version")
        json.string(source.version)
        if let knowledge {
            json.key("instances")
            json.integer(knowledge.instances)
            json.members(of: knowledge.page(TypeQuery(view)))
        }
        json.endObject()
        return json.buffer
    }
}

extension TypeQuery {
    fileprivate init(_ view: Summary.View) {
        self.init(wantsTotal: true, wantsRates: true)
        types = view.types.map { Set($0.map(\.text)) }
        rateMinutes = view.minutes
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedClamped(by: 1000)
            .addingClamped(attoseconds / 1_000_000_000_000_000)
    }
}
