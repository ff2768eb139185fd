import HTTPEdge
import Jobs
import JobsAPI
import NIOCore

/// The events of one listener, as the rest of an answer that ends when the client disconnects, the
/// service stops, or the caller may not listen any more.
///
/// A listener that reads slowly gets fewer events: always the newest one.
struct SummaryStream: AnswerRest {
    /// Clients wait so long before they connect again, in milliseconds.
    static let start = ByteBuffer(string: "retry: 3000\n\n")
    /// A comment, which tells the client and proxies that the connection is alive.
    private static let heartbeat = ByteBuffer(string: ": waiting\n\n")
    /// The number of minutes in the rates of an event after the first one.
    private static let newMinutes = 3
    /// After such a gap, an event has all minutes again.
    private static let longestGap = Duration.seconds(60)

    private let place: SummaryFeed.Place
    /// The authentication of the caller; `nil` without authentication.
    private let admission: Admission?
    private let types: Set<ExactText>?
    private var last: Summary?

    init(_ place: SummaryFeed.Place, _ admission: Admission?) {
        self.place = place
        self.admission = admission
        types = admission?.principal.types.map { Set($0.map { ExactText($0) }) }
    }

    private enum Event {
        case summary(Summary)
        case silence
    }

    mutating func next() async throws -> ByteBuffer? {
        // A stream has no end of its own, so the key is checked again and again.
        guard admission?.isStillValid ?? true, let event = await event() else { return nil }
        switch event {
        case .silence: return Self.heartbeat
        case .summary(let summary):
            let bytes = summary.bytes(for: view(of: summary))
            last = summary
            return bytes
        }
    }

    private func view(of summary: Summary?) -> Summary.View {
        let isNext =
            last.map { $0.madeAt.duration(to: summary?.madeAt ?? .now) < Self.longestGap } ?? false
        return Summary.View(
            types: types, minutes: isNext ? Self.newMinutes : JobRates.maximumMinutes)
    }

    /// - Returns: `nil` if the client has left or the service stops.
    private func event() async -> Event? {
        let (feed, number, view) = (place.feed, last?.number, view(of: nil))
        let load = ClientConnection.current?.load
        let silence = feed.options.silence
        return try? await ClientConnection.whileThere {
            await withTaskGroup(of: Event?.self) { group in
                group.addTask { await feed.next(after: number, view, load).map { .summary($0) } }
                group.addTask {
                    try? await Task.sleep(for: silence)
                    return Task.isCancelled ? nil : .silence
                }
                let first = await group.next()
                group.cancelAll()
                return first ?? nil
            }
        }
    }
}
