import JSON

/// A row of numbers, such as one for each minute. Of more than there can be, the first are read.
struct WireNumbers: WireProperty {
    var numbers: [Int]

    static let wireKind = WireKind.integers

    init(_ numbers: [Int]) { self.numbers = numbers }

    init?(wire: WireValue) {
        guard case .json(let text) = wire, let json = text.value(recordedDepth: 2),
            json.kind == .array
        else { return nil }
        numbers = json.elements.prefix(JobRates.maximumMinutes).map { number in
            max(number.integer.map { Int($0) } ?? 0, 0)
        }
    }

    var wire: WireValue? {
        var json = JSONWriter(capacity: 4 * numbers.count + 2)
        json.beginArray()
        for number in numbers { json.integer(number) }
        json.endArray()
        return .json(json.text)
    }
}
