import JobsHTTP

/// Access as the running service goes by it, with the files it came from.
struct ReloadableAccess: Sendable {
    let access: Access
    /// What callers needed at the start, in words.
    let wanted: String
    private let settings: AccessSettings

    /// - Throws: ``ConfigError`` for a file that cannot be read, or does not hold what it should.
    init(_ settings: AccessSettings) async throws {
        self.settings = settings
        let (known, wanted) = try await settings.authenticators()
        access = Access(known)
        self.wanted = wanted
    }

    /// Reads the files again.
    /// - Throws: ``ConfigError``; then everything stays as it was.
    func reload() async throws {
        access.use(try await settings.authenticators().known)
    }
}
