package import JSON

// The value of a record of the kind `turnstile`.

extension StartTimes {
    /// Reads the value of a record. Unreadable parts count as no start.
    package init(_ value: JSONText?) {
        let value = value?.value(recordedDepth: 2)
        let numbers = (value?["starts"]?.elements ?? []).compactMap { Int64($0.text.description) }
        let entries = stride(from: 0, to: numbers.count - 1, by: 2).map {
            Entry(time: numbers[$0], count: Int(clamping: numbers[$0 + 1]))
        }
        let grain = value?["grain"].flatMap { Int64($0.text.description) }
        self.init(entries, grain: grain ?? 1)
    }

    /// The value of a record.
    package var json: JSONText {
        let starts = entries.map { "\($0.time),\($0.count)" }.joined(separator: ",")
        return JSONText(validated: Array(#"{"grain":\#(grain),"starts":[\#(starts)]}"#.utf8))
    }
}
