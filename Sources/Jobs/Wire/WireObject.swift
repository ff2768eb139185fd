import JSON

/// A property that is an object of its own on the wire.
protocol WireObject: WireProperty {
    static var fields: [WireField<Self>] { get }
    /// A value without anything set.
    init()
}

extension WireObject {
    static var wireKind: WireKind { .object(members) }

    static var members: [WireMember] {
        fields.map { WireMember($0) }
    }

    /// Reads an object. Members that are missing or of another kind are left unset.
    init?(wire: WireValue) {
        guard case .json(let text) = wire, let json = text.value(recordedDepth: 3),
            json.kind == .object
        else { return nil }
        self.init(json)
    }

    init(_ json: JSONValue) {
        self.init()
        for field in Self.fields {
            if let value = json[field.name].flatMap({ field.kind.value($0) }) {
                field.set(&self, value)
            }
        }
    }

    /// The fields that are set, as an object.
    var objectText: JSONText {
        var json = JSONWriter(capacity: 128)
        json.object(Self.fields, of: self)
        return json.text
    }

    var wire: WireValue? { .json(objectText) }
}

extension Array: WireProperty where Element: WireObject {
    static var wireKind: WireKind { .list(Element.members) }

    /// Reads an array. Elements that are no objects are left out.
    init?(wire: WireValue) {
        guard case .json(let text) = wire, let json = text.value(recordedDepth: 3),
            json.kind == .array
        else { return nil }
        self = json.elements.compactMap { $0.kind == .object ? Element($0) : nil }
    }

    var wire: WireValue? {
        var json = JSONWriter(capacity: 512)
        json.beginArray()
        for element in self { json.object(Element.fields, of: element) }
        json.endArray()
        return .json(json.text)
    }
}

/// A name from a list, as the text that it is on the wire.
extension KnownName where Self: WireProperty {
    static var wireKind: WireKind { .choice(allCases.map(\.rawValue)) }

    init?(wire: WireValue) {
        guard case .text(let name) = wire else { return nil }
        self.init(rawValue: name)
    }

    var wire: WireValue? { .text(rawValue) }
}

extension JobState: WireProperty {}
extension RetryPolicy.Backoff: WireProperty {}
extension Attempt.Outcome: WireProperty {}
extension Attempt.Reason: WireProperty {}

extension JSONWriter {
    fileprivate mutating func object<Root>(_ fields: [WireField<Root>], of root: Root) {
        beginObject()
        members(fields, of: root)
        endObject()
    }
}
