/// A queue: what was appended first is taken first, without moving the others.
struct FIFO<Element> {
    /// Those in front of `start` are taken.
    private var slots: [Element?] = []
    private var start = 0

    var count: Int { slots.count - start }
    var isEmpty: Bool { count == 0 }
    var first: Element? { isEmpty ? nil : slots[start] }

    mutating func append(_ element: Element) {
        slots.append(element)
    }

    mutating func popFirst() -> Element? {
        guard let first else { return nil }
        slots[start] = nil
        start += 1
        // Rarely enough that each element is moved once, on average.
        if start * 2 >= slots.count {
            slots.removeFirst(start)
            start = 0
        }
        return first
    }

    /// Takes the first element that meets the condition out of its place. Moves those behind it.
    mutating func removeFirst(where condition: (Element) -> Bool) -> Element? {
        let index = slots[start...].firstIndex { $0.map(condition) ?? false }
        return index.flatMap { slots.remove(at: $0) }
    }

    mutating func removeAll() -> [Element] {
        defer { self = FIFO() }
        return slots[start...].compactMap(\.self)
    }
}
