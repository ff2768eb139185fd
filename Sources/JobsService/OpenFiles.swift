import Platform

/// The limit of files and connections that this process can have open.
enum OpenFiles {
    /// Raises the limit as far as the system allows.
    ///
    /// Shells and supervisors start processes with 1024 because of old programs that use `select`.
    /// That is too few here, since each waiting claim has a connection.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // On a failure the service works with the present limit.
        _ = setrlimit(resource, &limit)
    }

    /// The present limit; `nil` for none.
    static var limit: Int? {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        return Int(exactly: limit.rlim_cur)
    }

    /// The number that is reserved for the store, for files and for the process itself.
    static func reserve(of limit: Int) -> Int { min(256, limit / 2) }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
