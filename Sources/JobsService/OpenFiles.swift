import Platform

/// The files and connections that this process may have open at a time.
enum OpenFiles {
    /// Allows as many as the system lets it have.
    ///
    /// Shells and supervisors begin with 1024 for the sake of old programs that use `select`. Each claim
    /// that waits has a connection, so that would be little.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // What cannot be had is done without.
        _ = setrlimit(resource, &limit)
    }

    /// How many there may be; `nil`: no matter.
    static var limit: Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    /// Those that are kept for the store, for files and for what the process itself needs.
    static func reserve(of limit: Int) -> Int { min(256, limit / 2) }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
