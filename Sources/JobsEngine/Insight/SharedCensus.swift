import Jobs

/// The counts of the jobs of a store, which calls share. A store spends at most a fifth of its time
/// on counts, unless one takes longer than four seconds.
struct SharedCensus: Sendable {
    typealias Counts = [ExactText: JobCounts]
    typealias Counted = SharedReadings<ExactText?, Counts>.Reading
    typealias Count = @Sendable (_ type: String?) async throws -> Counts

    static let longestLifetime = Duration.seconds(15)
    static let longestKept = Duration.seconds(30)
    private static let lifetimeFactor = 4
    private static let keptFactor = 40

    /// By the type that is counted; `nil` for all.
    private let readings: SharedReadings<ExactText?, Counts>

    /// - Parameters:
    ///   - shortCount: A count that takes less time is not kept.
    ///   - count: Counts the jobs of a type, or of all types.
    init(shortCount: Duration = .milliseconds(250), _ count: @escaping Count) {
        readings = SharedReadings(
            .init(
                shortReading: shortCount, lifetimeFactor: Self.lifetimeFactor,
                longestLifetime: Self.longestLifetime, keptFactor: Self.keptFactor,
                longestKept: Self.longestKept, maximumKept: .max)
        ) { try await count($0?.text) }
    }

    /// Returns the numbers of jobs of a type, or of all types, and when they began to be counted.
    ///
    /// - Parameter isPatient: Whether to wait for new numbers after a pause.
    /// - Throws: The error of the store.
    func counted(_ type: String? = nil, isPatient: Bool = false) async throws -> Counted {
        try await readings.reading(type.map { ExactText($0) }, isPatient: isPatient)
    }
}
