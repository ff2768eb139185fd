import SeededRandom
import Testing

@testable import Mongo

@Suite struct FIFOTests {
    @Test("holds what an array holds, through random changes", arguments: 0..<20 as Range<UInt64>)
    func random(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = FIFO<Int>()
        var expected: [Int] = []
        for number in 0..<2000 {
            switch Int.random(in: 0..<(seed % 2 == 0 ? 6 : 9), using: &random) {
            case 0...2:
                queue.append(number)
                expected.append(number)
            case 5:
                let wanted = Int.random(in: 0...number, using: &random)
                let removed = queue.removeFirst { $0 >= wanted }
                let index = expected.firstIndex { $0 >= wanted }
                #expect(removed == index.map { expected.remove(at: $0) })
            default:
                #expect(queue.popFirst() == (expected.isEmpty ? nil : expected.removeFirst()))
            }
            #expect(queue.count == expected.count && queue.first == expected.first)
            #expect(queue.isEmpty == expected.isEmpty)
        }
        #expect(queue.removeAll() == expected)
        #expect(queue.isEmpty && queue.popFirst() == nil)
    }
}
