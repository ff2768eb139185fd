import Jobs

/// The places of claims that wait, shared between callers and types.
///
/// A caller, and a type, may take a further place while it holds fewer than four times as many as are
/// free: alone it gets four fifths of all, and however many others want places as well, some stay
/// free for those that come later. (The rule is that of dynamic thresholds for shared buffers:
/// Choudhury and Hahne, 1998.)
struct WaitingPlaces {
    /// What a place is counted for.
    struct Claimant: Hashable {
        /// The key or, without keys, the address of the caller; `nil` if neither is known.
        var caller: ExactText?
        var type: ExactText
    }

    private let limit: Int
    private var taken = 0
    private var callers: [ExactText: Int] = [:]
    private var types: [ExactText: Int] = [:]

    private static let share = 4

    /// - Parameter limit: all places, 0 or more.
    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: whether there was a place; if so, it has to be given back.
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
