/// A queue that calls can leave before it is their turn.
///
/// Operations take amortized constant time; removed calls are skipped lazily.
struct WaitingCalls<Call> {
    private var calls: [Int: Call] = [:]
    /// The lowest ticket that may wait. All calls with lower tickets have left the queue.
    private var first = 0
    private var next = 0

    var count: Int { calls.count }

    /// A place in the order, to be used by one call or none.
    mutating func nextTicket() -> Int {
        defer { next += 1 }
        return next
    }

    mutating func append(_ call: Call, _ ticket: Int) {
        calls[ticket] = call
        // A ticket is drawn before its call is appended, and calls with higher tickets may have
        // left the queue in the meantime.
        first = min(first, ticket)
    }

    mutating func remove(_ ticket: Int) -> Call? {
        calls.removeValue(forKey: ticket)
    }

    mutating func popFirst() -> Call? {
        guard skipGone() else { return nil }
        defer { first += 1 }
        return calls.removeValue(forKey: first)
    }

    /// Takes calls off the front for as long as they are wanted.
    mutating func takeFirst(while isWanted: (Call) -> Bool) -> [Call] {
        var taken: [Call] = []
        while skipGone(), let call = calls[first], isWanted(call) {
            calls[first] = nil
            first += 1
            taken.append(call)
        }
        return taken
    }

    /// - Returns: Whether there is a call. If so, ``first`` is its ticket.
    private mutating func skipGone() -> Bool {
        guard !calls.isEmpty else {
            first = next
            return false
        }
        while calls[first] == nil { first += 1 }
        return true
    }
}
