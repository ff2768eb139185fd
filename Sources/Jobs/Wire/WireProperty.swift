import JSON

/// A type of properties that members can map to.
protocol WireProperty: Sendable, Equatable {
    static var wireKind: WireKind { get }
    static var isNullable: Bool { get }
    /// Creates a value; `nil` if the value on the wire is of another kind.
    init?(wire: WireValue)
    var wire: WireValue? { get }
}

extension WireProperty {
    static var isNullable: Bool { false }
}

extension Optional: WireProperty where Wrapped: WireProperty {
    static var wireKind: WireKind { Wrapped.wireKind }
    static var isNullable: Bool { true }

    init?(wire: WireValue) {
        guard let value = Wrapped(wire: wire) else { return nil }
        self = value
    }

    var wire: WireValue? { flatMap(\.wire) }
}

extension String: WireProperty {
    static var wireKind: WireKind { .text() }

    init?(wire: WireValue) {
        guard case .text(let text) = wire else { return nil }
        self = text
    }

    var wire: WireValue? { .text(self) }
}

extension JobID: WireProperty {
    static var wireKind: WireKind { .text() }

    init?(wire: WireValue) {
        guard case .text(let text) = wire else { return nil }
        self.init(text)
    }

    var wire: WireValue? { .text(description) }
}

extension Timestamp: WireProperty {
    static var wireKind: WireKind { .date }

    init?(wire: WireValue) {
        guard case .date(let date) = wire else { return nil }
        self = date
    }

    var wire: WireValue? { .date(self) }
}

extension Int64: WireProperty {
    static var wireKind: WireKind { .integer() }

    init?(wire: WireValue) {
        guard case .integer(let number) = wire else { return nil }
        self = number
    }

    var wire: WireValue? { .integer(self) }
}

extension Int: WireProperty {
    static var wireKind: WireKind { .integer() }

    init?(wire: WireValue) {
        guard let number = Int64(wire: wire) else { return nil }
        self.init(number)
    }

    var wire: WireValue? { .integer(Int64(self)) }
}

extension JSONText: WireProperty {
    static var wireKind: WireKind { .json() }

    init?(wire: WireValue) {
        guard case .json(let text) = wire else { return nil }
        self = text
    }

    var wire: WireValue? { .json(self) }
}

extension Bool: WireProperty {
    static var wireKind: WireKind { .boolean }

    init?(wire: WireValue) {
        guard case .boolean(let value) = wire else { return nil }
        self = value
    }

    var wire: WireValue? { .boolean(self) }
}

extension Double: WireProperty {
    static var wireKind: WireKind {
        .number(-.greatestFiniteMagnitude ... .greatestFiniteMagnitude)
    }

    init?(wire: WireValue) {
        guard case .number(let number) = wire else { return nil }
        self = number
    }

    var wire: WireValue? { isFinite ? .number(self) : nil }
}
