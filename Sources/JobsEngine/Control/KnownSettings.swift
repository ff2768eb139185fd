import Jobs

/// The settings of all types that have some, arranged for the calls that need them.
///
/// A reference, so that a claim takes it out of the cache at the cost of one count.
final class KnownSettings: Sendable {
    /// The settings of the types, those of `TypePause.allTypes` included.
    let types: [ExactText: TypeSettings]
    /// The limits of the types that have some.
    let limits: [ExactText: TypeLimits]
    /// The policies of delays of the types that have one.
    let policies: [ExactText: RetryPolicy]
    /// The retentions of the types that have one.
    let retentions: [ExactText: TypeRetention]
    private let pauseOfAll: TypePause?

    static let allTypes = ExactText(TypePause.allTypes)

    /// - Returns: `nil` if no type has settings.
    init?(_ types: [ExactText: TypeSettings]) {
        let types = types.filter { $0.value != TypeSettings() }
        guard !types.isEmpty else { return nil }
        self.types = types
        limits = types.compactMapValues(\.limits)
        policies = types.compactMapValues(\.retry)
        retentions = types.compactMapValues(\.retention)
        pauseOfAll = types[Self.allTypes]?.pause
    }

    /// The pauses that concern a type, whether or not they have ended: its own and that of all
    /// types.
    func pauses(of type: ExactText) -> [TypePause] {
        let own = types[type]?.pause
        guard type != Self.allTypes, let pauseOfAll else { return own.map { [$0] } ?? [] }
        return own.map { [$0, pauseOfAll] } ?? [pauseOfAll]
    }
}

extension [TypePause] {
    /// Whether the clock decides whether a pause is in effect.
    var dependOnTime: Bool { allSatisfy { $0.until != nil } }

    /// Returns the milliseconds until all pauses have ended.
    ///
    /// - Returns: 0 or less if they have ended; `Int64.max` if one of them lasts until it is ended.
    func remaining(at now: Timestamp) -> Int64 {
        map { $0.until?.milliseconds(since: now) ?? .max }.max() ?? 0
    }
}
