import HTTPEdge
import JobsHTTP

extension EndpointSettings {
    /// As many connections as the process may have open files for, out of those it was told.
    ///
    /// A connection that cannot be accepted waits unseen until its client gives up; one that is
    /// refused is told so.
    /// - Parameters:
    ///   - limit: of open files of the process; `nil`: no matter.
    ///   - share: how many endpoints share it.
    /// - Returns: whether they are fewer than it was told.
    static func fit(_ options: inout EndpointOptions, to limit: Int?, share: Int) -> Bool {
        guard let limit else { return false }
        let room = max(2, (limit - OpenFiles.reserve(of: limit)) / max(1, share))
        let refused = options.maxRefusedConnections ?? 100 + options.maxConnections / 10
        guard options.maxConnections > room - refused else { return false }
        // As many more are told that there are too many, or how the service is.
        let more = max(1, min(100 + room / 11, room / 8))
        options.maxRefusedConnections = more
        guard options.maxConnections > room - more else { return false }
        options.maxConnections = room - more
        return true
    }
}
