/// A sorted set of unique elements: a B+ tree, in which every operation costs O(log n) and
/// neighbours are adjacent in memory.
///
/// The tree is optimized for queues. Elements that are appended at the end fill their leaves. A
/// leaf is freed when it is empty and never merged with its neighbours, because elements leave a
/// queue in order ("free-at-empty"; Johnson and Shasha, 1989, show that it costs little even for
/// random removals). An inner node may keep a removed element alive; there are fewer inner nodes
/// than leaves.
final class OrderedTree<Element: Comparable> {
    private var root = Node()
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var first: Element? { root.first }

    /// - Precondition: the element is not in the tree.
    func insert(_ element: Element) {
        if root.isFull {
            let left = root
            let (separator, right) = left.split(for: element)
            root = Node(separators: [separator], children: [left, right])
        }
        root.insert(element)
        count += 1
    }

    /// - Returns: Whether the element was in the tree.
    @discardableResult
    func remove(_ element: Element) -> Bool {
        guard root.remove(element) else { return false }
        count -= 1
        while root.children.count == 1 { root = root.children[0] }
        return true
    }

    /// The first element at or after a position in the order.
    /// - Parameter isBefore: Whether an element is before the position.
    func first(notBefore isBefore: (Element) -> Bool) -> Element? {
        var found: Element?
        forEach(
            notBefore: isBefore,
            do: { element in
                found = element
                return false
            })
        return found
    }

    /// Visits the elements from a position on, in order, until `body` returns false.
    /// - Parameter isBefore: Whether an element is before the position.
    func forEach(notBefore isBefore: (Element) -> Bool, do body: (Element) -> Bool) {
        _ = root.forEach(notBefore: isBefore, do: body)
    }

    /// Visits the elements before a position, in descending order, until `body` returns false.
    /// - Parameter isBefore: Whether an element is before the position.
    func forEachReversed(before isBefore: (Element) -> Bool, do body: (Element) -> Bool) {
        _ = root.forEachReversed(before: isBefore, do: body)
    }
}

extension OrderedTree {
    /// A node of the tree. A leaf holds elements. An inner node holds children, and in `elements`
    /// the separators between them: separator i is greater than every element of child i, and not
    /// greater than any element of child i + 1.
    private final class Node {
        static var capacity: Int { 64 }

        var elements: [Element]
        var children: [Node]

        init(separators: [Element] = [], children: [Node] = []) {
            elements = separators
            self.children = children
        }

        var isLeaf: Bool { children.isEmpty }
        var isFull: Bool { elements.count == Self.capacity }

        var first: Element? {
            var node = self
            while let child = node.children.first { node = child }
            return node.elements.first
        }

        /// Inserts below a node that is not full; full children are split on the way down.
        func insert(_ element: Element) {
            var node = self
            while !node.isLeaf {
                var index = node.elements.partitionPoint { $0 <= element }
                if node.children[index].isFull {
                    let (separator, right) = node.children[index].split(for: element)
                    node.elements.insert(separator, at: index)
                    node.children.insert(right, at: index + 1)
                    if separator <= element { index += 1 }
                }
                node = node.children[index]
            }
            node.elements.insert(element, at: node.elements.partitionPoint { $0 < element })
        }

        /// Moves the upper part of a full node into a new one, to make room for `element`.
        func split(for element: Element) -> (separator: Element, right: Node) {
            guard isLeaf else {
                let middle = elements.count / 2
                let separator = elements[middle]
                let right = Node(
                    separators: Array(elements[(middle + 1)...]),
                    children: Array(children[(middle + 1)...]))
                elements.removeSubrange(middle...)
                children.removeSubrange((middle + 1)...)
                return (separator, right)
            }
            // After the last element nothing moves, so leaves that are filled in order stay full.
            if elements[elements.count - 1] < element { return (element, Node()) }
            let middle = elements.count / 2
            let right = Node(separators: Array(elements[middle...]))
            elements.removeSubrange(middle...)
            return (right.elements[0], right)
        }

        func remove(_ element: Element) -> Bool {
            if isLeaf {
                let index = elements.partitionPoint { $0 < element }
                guard index < elements.count, elements[index] == element else { return false }
                elements.remove(at: index)
                return true
            }
            let index = elements.partitionPoint { $0 <= element }
            let child = children[index]
            guard child.remove(element) else { return false }
            if child.isLeaf && child.elements.isEmpty {
                children.remove(at: index)
                if !elements.isEmpty { elements.remove(at: max(index - 1, 0)) }
            }
            return true
        }

        func forEach(notBefore isBefore: (Element) -> Bool, do body: (Element) -> Bool) -> Bool {
            var index = elements.partitionPoint(where: isBefore)
            if isLeaf {
                while index < elements.count {
                    guard body(elements[index]) else { return false }
                    index += 1
                }
                return true
            }
            while index < children.count {
                guard children[index].forEach(notBefore: isBefore, do: body) else { return false }
                index += 1
            }
            return true
        }

        func forEachReversed(before isBefore: (Element) -> Bool, do body: (Element) -> Bool) -> Bool
        {
            let end = elements.partitionPoint(where: isBefore)
            if isLeaf { return elements[..<end].reversed().allSatisfy(body) }
            return children[...end].reversed().allSatisfy {
                $0.forEachReversed(before: isBefore, do: body)
            }
        }
    }
}

extension Array {
    /// The number of elements for which `predicate` holds, given that they all come first.
    fileprivate func partitionPoint(where predicate: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
