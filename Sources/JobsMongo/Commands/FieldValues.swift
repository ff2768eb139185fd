/// Fields that a stage of a pipeline sets, with expressions for their new values.
struct FieldValues: ExpressibleByDictionaryLiteral {
    private(set) var members: [BSONLiteral.Member]

    init(dictionaryLiteral fields: (String, BSONLiteral)...) {
        members = fields.map { .init(key: $0, value: $1) }
    }

    private init(_ members: [BSONLiteral.Member]) {
        self.members = members
    }

    /// The fields of either case. A field of the other case only is left as it is.
    init(if condition: BSONLiteral, _ fields: FieldValues, else others: FieldValues = [:]) {
        let keys = fields.members.map(\.key)
        members = (keys + others.members.map(\.key).filter { !keys.contains($0) }).map { key in
            let value = Pipelines.choose(condition, fields.value(key), others.value(key))
            return .init(key: key, value: value)
        }
    }

    /// The value of a field, which is its present one if the field is not set.
    private func value(_ key: String) -> BSONLiteral {
        members.first { $0.key == key }?.value ?? .string("$\(key)")
    }

    /// The stage that sets the fields.
    var stage: BSONLiteral { ["$set": .document(members)] }

    /// The same fields, with values that are encoded once and then copied.
    var encoded: FieldValues {
        FieldValues(members.map { .init(key: $0.key, value: .encoded($0.value)) })
    }

    static func + (left: FieldValues, right: FieldValues) -> FieldValues {
        FieldValues(left.members + right.members)
    }

    subscript(key: String) -> BSONLiteral? {
        get { members.first { $0.key == key }?.value }
        set {
            members.removeAll { $0.key == key }
            if let newValue { members.append(.init(key: key, value: newValue)) }
        }
    }
}
