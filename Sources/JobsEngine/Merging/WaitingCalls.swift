/// A queue that calls can leave before it is their turn.
///
/// Everything takes constant time, save that removed calls are passed over when they would have
/// been first.
struct WaitingCalls<Call> {
    private var calls: [Int: Call] = [:]
    /// From this ticket on, tickets may wait; all before it have gone.
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
        // A ticket is drawn before its call comes, and calls that came sooner may have gone
        // meanwhile.
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

    /// - Returns: whether there is a call, which ``first`` is the ticket of then.
    private mutating func skipGone() -> Bool {
        guard !calls.isEmpty else {
            first = next
            return false
        }
        while calls[first] == nil { first += 1 }
        return true
    }
}
