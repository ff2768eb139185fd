import SeededRandom
import Testing

@testable import BSON

/// Random documents from a fixed seed, so that failures are reproducible.
@Suite struct BSONPropertyTests {
    @Test("a built document is read back, and rebuilt to the same bytes")
    func roundTrip() throws {
        var random = SplitMix64(seed: 1)
        for _ in 0..<3_000 {
            let built = BSONDocument { $0.appendRandom(&random, depth: 4) }

            let read = try BSONDocument(checking: Array(built.bytes))

            #expect(rebuilt(read) == built)
        }
    }

    @Test("the reader survives hostile bytes, and reads accepted ones completely")
    func fuzz() throws {
        var random = SplitMix64(seed: 2)
        var accepted = 0
        for round in 0..<100_000 {
            var bytes: [UInt8]
            if round % 4 == 0 {
                bytes = (0..<Int.random(in: 0..<64, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                // Random bytes with valid framing get further than others.
                if bytes.count >= 5, round % 8 == 0 {
                    bytes.replaceSubrange(0..<4, with: [UInt8(bytes.count), 0, 0, 0])
                    bytes[bytes.count - 1] = 0
                }
            } else {
                bytes = Array(BSONDocument { $0.appendRandom(&random, depth: 3) }.bytes)
                for _ in 0...Int.random(in: 0..<3, using: &random) {
                    mutate(&bytes, &random)
                }
            }

            guard let document = try? BSONDocument(checking: bytes) else { continue }

            accepted += 1
            #expect(walk(document) == bytes.count)
        }
        #expect(accepted > 1_000 && accepted < 99_000)
    }
}

private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    guard let index = bytes.indices.randomElement(using: &random) else { return }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.remove(at: index)
    default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
    }
}

/// Reads every element with every accessor. Returns the size of the document in bytes.
private func walk(_ document: BSONDocument) -> Int {
    var count = 5
    for element in document {
        let value = element.value
        count += 2 + value.bytes.count
        _ = (value.bool, value.int32, value.int64, value.double, value.integer, value.date)
        _ = (value.timestamp, value.objectID, value.binary, value.string, value.isNull)
        if let inner = value.document { _ = walk(inner) }
        if let inner = value.array {
            for case let nested? in inner.map(\.document) { _ = walk(nested) }
        }
        _ = document[element.key]
        count += element.keyRange.count
    }
    return count
}

private func rebuilt(_ document: BSONDocument) -> BSONDocument {
    BSONDocument { builder in
        for element in document {
            let key = BSONKey(checking: element.key)!  // keys that were read contain no zero byte
            if let inner = element.value.document {
                builder.append(key, rebuilt(inner))
            } else if let inner = element.value.array {
                builder.array(key) { array in
                    for value in inner {
                        if let nested = value.document {
                            array.append(rebuilt(nested))
                        } else {
                            array.append(value)
                        }
                    }
                }
            } else {
                builder.append(key, element.value)
            }
        }
    }
}

extension BSONBuilder {
    fileprivate mutating func appendRandom(_ random: inout SplitMix64, depth: Int) {
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            // The zero bytes were replaced.
            let key = BSONKey(checking: randomText(&random).replacing("\0", with: "0"))!
            switch Int.random(in: 0..<(depth > 0 ? 12 : 10), using: &random) {
            case 0: append(key, Double(bitPattern: random.next()))
            case 1: append(key, randomText(&random))
            case 2: append(key, Bool.random(using: &random))
            case 3: append(key, Int32.random(in: .min ... .max, using: &random))
            case 4: append(key, Int64.random(in: .min ... .max, using: &random))
            case 5: append(key, BSONDate(milliseconds: Int64(bitPattern: random.next())))
            case 6: append(key, BSONNull())
            case 7: append(key, BSONTimestamp(seconds: 1, increment: UInt32(random.next() >> 32)))
            case 8: append(key, BSONBinary(subtype: 4, bytes: Array(randomText(&random).utf8)))
            case 9: append(key, BSONObjectID((0..<12).map { _ in UInt8(random.next() >> 56) }))
            case 10: document(key) { $0.appendRandom(&random, depth: depth - 1) }
            default:
                array(key) { array in
                    for _ in 0..<Int.random(in: 0..<14, using: &random) {
                        array.document { $0.appendRandom(&random, depth: depth - 2) }
                    }
                }
            }
        }
    }
}

private func randomText(_ random: inout SplitMix64) -> String {
    let letters: [Character] = ["a", "b", "$", ".", "ä", "€", "😀", "\0", "\"", "0"]
    return String(
        (0..<Int.random(in: 0..<8, using: &random)).map { _ in
            letters.randomElement(using: &random)!
        })
}
