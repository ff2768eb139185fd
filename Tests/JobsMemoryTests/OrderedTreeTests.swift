import SeededRandom
import Testing

@testable import JobsMemory

@Suite("OrderedTree")
struct OrderedTreeTests {
    @Test("has the elements of a sorted array after random changes", arguments: 0..<20)
    func againstSortedArray(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let tree = OrderedTree<Int>()
        var expected: [Int] = []
        // Small ranges collide often; large ones grow several levels.
        let range = 0..<[50, 1000, 100_000][Int(seed % 3)]

        for step in 0..<6000 {
            let value = Int.random(in: range, using: &random)
            let index = expected.firstIndex { $0 >= value } ?? expected.count
            let isThere = index < expected.count && expected[index] == value
            // First it mostly grows, then it mostly shrinks.
            if Int.random(in: 0..<10, using: &random) < (step < 3000 ? 7 : 3) {
                if !isThere {
                    tree.insert(value)
                    expected.insert(value, at: index)
                }
            } else {
                #expect(tree.remove(value) == isThere)
                if isThere { expected.remove(at: index) }
            }
            if step % 97 == 0 {
                #expect(tree.elements == expected)
                let bound = Int.random(in: range, using: &random)
                #expect(tree.first(notBefore: { $0 < bound }) == expected.first { $0 >= bound })
            }
            #expect(tree.count == expected.count)
            #expect(tree.first == expected.first)
        }
    }

    @Test("works as a queue: appended at the end, removed in front")
    func asQueue() {
        let tree = OrderedTree<Int>()
        for value in 0..<5000 { tree.insert(value) }
        for value in 5000..<20_000 {
            #expect(tree.remove(value - 5000))
            tree.insert(value)
        }
        #expect(tree.elements == Array(15_000..<20_000))
    }

    @Test("can be emptied from either end and filled again")
    func emptied() {
        let tree = OrderedTree<Int>()
        for _ in 0..<3 {
            for value in 0..<1000 { tree.insert(value) }
            for value in (500..<1000).reversed() { #expect(tree.remove(value)) }
            for value in 0..<500 { #expect(tree.remove(value)) }
            #expect(tree.isEmpty && tree.first == nil && tree.elements.isEmpty)
        }
    }

    @Test("a visit stops when its body returns false")
    func visits() {
        let tree = OrderedTree<Int>()
        for value in 0..<1000 { tree.insert(value) }
        var visited: [Int] = []
        tree.forEach(
            notBefore: { $0 < 310 },
            do: { value in
                visited.append(value)
                return visited.count < 200
            })
        #expect(visited == Array(310..<510))
    }
}

extension OrderedTree {
    fileprivate var elements: [Element] {
        var elements: [Element] = []
        forEach(
            notBefore: { _ in false },
            do: { element in
                elements.append(element)
                return true
            })
        return elements
    }
}
