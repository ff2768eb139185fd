/// A member of an object on the wire: what it is called, what it holds, and where that stands in a
/// value of the program.
package struct WireField<Root>: Sendable {
    package let name: String
    package let kind: WireKind
    /// For people. Empty where the name says it all.
    package let note: String
    /// Whether it is always there, be it as null.
    package let isRequired: Bool
    /// Whether there may be no value.
    package let isNullable: Bool
    /// Who gets to see the member.
    package let audience: WireAudience
    /// `nil`: there is no value, or none that is to be shown.
    package let value: @Sendable (Root) -> WireValue?
    /// A value of another kind changes nothing.
    package let set: @Sendable (inout Root, WireValue) -> Void

    /// A member that is always there.
    static func required<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ kind: WireKind = Value.wireKind, note: String = ""
    ) -> WireField {
        WireField(name, path, kind, note, isRequired: true, unset: nil)
    }

    /// A member that is there only where it says something.
    /// - Parameter unset: what is as good as nothing, beside nil.
    static func optional<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ kind: WireKind = Value.wireKind, unset: Value? = nil,
        audience: WireAudience = .all, note: String = ""
    ) -> WireField {
        WireField(name, path, kind, note, isRequired: false, unset: unset, audience)
    }

    private init<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ kind: WireKind,
        _ note: String, isRequired: Bool, unset: Value?, _ audience: WireAudience = .all
    ) {
        self.name = name
        self.kind = kind
        self.note = note
        self.isRequired = isRequired
        isNullable = Value.isNullable
        self.audience = audience
        value = { root in
            let value = root[keyPath: path]
            return value == unset ? nil : value.wire
        }
        set = { root, value in
            if let value = Value(wire: value) { root[keyPath: path] = value }
        }
    }
}

/// Who gets to see a member of an object.
package enum WireAudience: Sendable {
    /// Every caller.
    case all
    /// Callers that ask for details.
    case details
    /// Nobody but the store: the member is in its files only.
    case store
}
