import HTTPEdge
import JobsHTTP

extension EndpointSettings {
    /// Reduces the configured number of connections to what the process can have open files for.
    ///
    /// A connection that cannot be accepted waits in the backlog until its client gives up, while a
    /// refused one gets an answer at once.
    /// - Parameters:
    ///   - limit: The limit of open files of the process; `nil` for none.
    ///   - share: The number of endpoints that share the limit.
    /// - Returns: Whether the number was reduced.
    static func fit(_ options: inout EndpointOptions, to limit: Int?, share: Int) -> Bool {
        guard let limit else { return false }
        let room = max(2, (limit - OpenFiles.reserve(of: limit)) / max(1, share))
        let refused = options.maxRefusedConnections ?? 100 + options.maxConnections / 10
        guard options.maxConnections > room - refused else { return false }
        // So many more connections get only a refusal or the answer of a health check.
        let more = max(1, min(100 + room / 11, room / 8))
        options.maxRefusedConnections = more
        guard options.maxConnections > room - more else { return false }
        options.maxConnections = room - more
        return true
    }
}
