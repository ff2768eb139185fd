/// A JSON member: its name, its kind, and the property it maps to.
package struct WireField<Root>: Sendable {
    package let name: String
    package let kind: WireKind
    /// For people. Empty where the name says it all.
    package let note: String
    /// Whether the member is always written, possibly as null.
    package let isRequired: Bool
    /// Whether there may be no value.
    package let isNullable: Bool
    /// The readers that the member is written for.
    package let audience: WireAudience
    /// Returns the value to write; `nil` if there is none.
    package let value: @Sendable (Root) -> WireValue?
    /// Sets the property; a value of another kind changes nothing.
    package let set: @Sendable (inout Root, WireValue) -> Void

    /// A member that is always written.
    static func required<Value: WireProperty>(
        _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ kind: WireKind = Value.wireKind, note: String = ""
    ) -> WireField {
        WireField(name, path, kind, note, isRequired: true, unset: nil)
    }

    /// A member that is written only if it has a value.
    ///
    /// - Parameter unset: The value that, like `nil`, is not written.
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

/// The readers that a member of an object is written for.
package enum WireAudience: Sendable {
    /// Every caller.
    case all
    /// Callers that ask for details.
    case details
    /// Only the store.
    case store
}
