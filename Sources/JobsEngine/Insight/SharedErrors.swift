import Jobs

/// The groups of errors of a store, which calls share. A hundred pages that show the groups cost
/// the store no more than one.
struct SharedErrors: Sendable {
    typealias Read = @Sendable (ErrorQuery) async throws -> ErrorGroups
    typealias Reading = SharedReadings<Key, ErrorGroups>.Reading

    /// A query, whose strings are compared byte by byte.
    struct Key: Hashable, Sendable {
        fileprivate let query: ErrorQuery

        private var type: ExactText? { query.type.map { ExactText($0) } }
        private var types: Set<ExactText>? { query.types.map { Set($0.map { ExactText($0) }) } }

        static func == (left: Key, right: Key) -> Bool {
            left.type == right.type && left.types == right.types
                && left.query.from == right.query.from && left.query.to == right.query.to
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(type)
            hasher.combine(types)
            hasher.combine(query.from)
            hasher.combine(query.to)
        }
    }

    static let longestLifetime = Duration.seconds(5)
    static let longestKept = Duration.seconds(30)
    /// The maximum number of queries whose groups are kept.
    static let maximumKept = 16
    private static let lifetimeFactor = 20
    private static let keptFactor = 200

    private let readings: SharedReadings<Key, ErrorGroups>

    /// - Parameters:
    ///   - shortReading: Groups whose reading takes less time are not kept.
    ///   - read: Reads the groups of a query.
    init(shortReading: Duration = .milliseconds(50), _ read: @escaping Read) {
        readings = SharedReadings(
            .init(
                shortReading: shortReading, lifetimeFactor: Self.lifetimeFactor,
                longestLifetime: Self.longestLifetime, keptFactor: Self.keptFactor,
                longestKept: Self.longestKept, maximumKept: Self.maximumKept)
        ) { try await read($0.query) }
    }

    /// Returns the groups of a query, and when they began to be read.
    ///
    /// - Throws: The error of the store.
    func groups(_ query: ErrorQuery) async throws -> Reading {
        try await readings.reading(Key(query: query))
    }
}
