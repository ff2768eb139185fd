package import JSON

/// The operations that have not ended, and the instance that works on them: the record ``key`` of
/// the kind ``RecordKind/work``.
package struct OpenOperations: Sendable, Equatable {
    /// The operations, the oldest first.
    package var entries: [Entry] = []
    /// The instance that works on them; `nil` for none.
    package var holder: String?
    /// Until when no other instance may, by the clock of the store.
    package var until: Timestamp?

    /// An operation that has not ended.
    package struct Entry: Sendable, Equatable {
        /// The id of the operation, whose record is written after the entry.
        package var id: String
        /// When it may begin; `nil` for at once.
        package var begins: Timestamp?

        package init(id: String, begins: Timestamp? = nil) {
            self.id = id
            self.begins = begins
        }
    }

    /// The key of the record.
    package static let key = "operations"

    package init() {}
}

extension OpenOperations.Entry: WireObject {
    init() { self.init(id: "") }

    static let fields: [WireField<OpenOperations.Entry>] = [
        .required("id", \.id), .optional("begins", \.begins),
    ]
}

extension OpenOperations: WireObject {
    static let fields: [WireField<OpenOperations>] = [
        .required("open", \.entries), .optional("holder", \.holder), .optional("until", \.until),
    ]

    /// Reads the value of the record. Unreadable parts count as missing.
    package init(_ value: JSONText?) {
        self.init()
        guard let json = value?.value(recordedDepth: 4), json.kind == .object else { return }
        self.init(json)
        entries.removeAll { $0.id.isEmpty }
    }

    /// The value of the record.
    package var json: JSONText { objectText }
}
