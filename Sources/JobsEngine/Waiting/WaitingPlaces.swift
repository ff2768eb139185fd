import Jobs

/// The places of waiting claims, shared between callers and types.
///
/// A caller or a type can take another place while it holds fewer than four times the number of
/// free places. So one caller alone gets four fifths of all places, and some places always stay
/// free for callers that come later. The rule is that of dynamic thresholds for shared buffers
/// (Choudhury and Hahne, 1998).
struct WaitingPlaces {
    /// A caller and a type that a place is counted for.
    struct Claimant: Hashable {
        /// The API key of the caller or, without keys, its address; `nil` if neither is known.
        var caller: ExactText?
        var type: ExactText
    }

    private let limit: Int
    private var taken = 0
    private var callers: [ExactText: Int] = [:]
    private var types: [ExactText: Int] = [:]

    private static let share = 4

    /// - Parameter limit: The number of all places, 0 or more.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether no place is taken.
    var areFree: Bool { taken == 0 }

    /// Takes a place, which the caller has to give back.
    ///
    /// - Returns: Whether there was a place.
    mutating func take(for claimant: Claimant) -> Bool {
        let free = max(limit - taken, 0)
        guard free > 0 else { return false }
        let (bound, overflow) = free.multipliedReportingOverflow(by: Self.share)
        let most = overflow ? Int.max : bound
        let held = claimant.caller.map { callers[$0, default: 0] } ?? 0
        guard held < most, types[claimant.type, default: 0] < most else { return false }
        taken += 1
        if let caller = claimant.caller { callers[caller, default: 0] += 1 }
        types[claimant.type, default: 0] += 1
        return true
    }

    mutating func giveBack(_ claimant: Claimant) {
        taken -= 1
        if let caller = claimant.caller { Self.decrement(&callers, caller) }
        Self.decrement(&types, claimant.type)
    }

    private static func decrement(_ counts: inout [ExactText: Int], _ key: ExactText) {
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
