import BSON
import Jobs
import Synchronization

extension ErrorWalk {
    /// Counts the last failures of a group by keys of the index, see ``RecentErrors``.
    ///
    /// - Parameter last: When the last job of the group failed.
    /// - Returns: An empty array if the walk has no time for it.
    func recent(_ group: Group, _ last: Timestamp) async throws -> [Int] {
        let start = RecentErrors.start(at: now)
        guard last > start else { return RecentErrors.none }
        guard ContinuousClock.now < patience else { return [] }
        let age: BSONLiteral = ["$subtract": [.value(now.bson), "$error_group.at"]]
        let spans: BSONLiteral = ["$floor": ["$divide": [age, .int(RecentErrors.span)]]]
        let command = { (command: inout BSONBuilder) in
            command.append("aggregate", collection.name)
            command.append(
                "pipeline",
                [
                    ["$match": jobs(of: group, from: start)],
                    ["$sort": ["error_group.at": -1]],
                    ["$limit": .int(Int64(RecentErrors.maximumCount))],
                    ["$group": ["_id": spans, "count": ["$sum": 1]]],
                ] as BSONLiteral)
            command.append("cursor", [:] as BSONLiteral)
        }
        let recent = Mutex(RecentErrors.none)
        try await read(command) { reply in
            recent.withLock { recent in
                for document in reply.batch {
                    guard let spans = document["_id"]?.integer,
                        let place = RecentErrors.place(spansAgo: spans)
                    else { continue }
                    recent[place] += Int(document["count"]?.integer ?? 0)
                }
            }
        }
        return recent.withLock { $0 }
    }
}
