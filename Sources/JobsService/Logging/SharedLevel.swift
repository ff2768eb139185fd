import Synchronization

/// The level that all loggers of a console follow, also those created before it changed.
///
/// Reading it is one relaxed atomic load, cheap enough for every request.
final class SharedLevel: Sendable {
    private let number: Atomic<Int>

    init(_ level: ConsoleLevel = .info) {
        number = Atomic(level.rawValue)
    }

    var level: ConsoleLevel {
        get { ConsoleLevel(rawValue: number.load(ordering: .relaxed)) ?? .info }
        set { number.store(newValue.rawValue, ordering: .relaxed) }
    }
}
