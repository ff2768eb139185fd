import JobsHTTP

/// Access as the running service goes by it, with the files it came from.
struct ReloadableAccess: Sendable {
    let access: Access
    private let settings: AccessSettings

    /// - Throws: ``ConfigError`` for a file that cannot be read, or does not hold what it should.
    init(_ settings: AccessSettings) async throws {
        self.settings = settings
        access = Access(try await settings.authenticators())
    }

    /// Reads the files again.
    /// - Throws: ``ConfigError``; then everything stays as it was.
    func reload() async throws {
        access.use(try await settings.authenticators())
    }
}
