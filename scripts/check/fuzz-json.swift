import NIOCore

/// Scans any bytes: the scanner must not trap, its result must not depend on how much it records, and
/// accepted values must be written back unchanged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let outcomes = [0, 1, 2, 50].map { depth in
        Result { () throws(JSONError) in
            try JSONOutline(ByteBuffer(bytes: bytes), recordedDepth: depth)
        }
    }
    switch outcomes[3] {
    case .failure(let error):
        precondition(error.offset <= count)
        for case .success in outcomes { preconditionFailure("accepted at some depths only") }
        for case .failure(let other) in outcomes { precondition(other == error) }
    case .success(let outline):
        for case .failure in outcomes { preconditionFailure("refused at some depths only") }
        // Accepted text is valid UTF-8; otherwise this would insert replacement characters.
        precondition(Array(String(decoding: bytes, as: UTF8.self).utf8) == bytes)
        check(outline.root)
    }
    return 0
}

/// Calls all accessors of a value, writes it, and compares the written value with the original.
private func check(_ value: JSONValue) {
    var writer = JSONWriter(capacity: 16)
    write(value, &writer)
    guard let copy = try? JSONOutline(writer.buffer, recordedDepth: 50).root else {
        preconditionFailure("the copy is refused")
    }
    compare(value, copy)
}

private func write(_ value: JSONValue, _ writer: inout JSONWriter) {
    switch value.kind {
    case .null: writer.null()
    case .boolean: writer.boolean(value.boolean == true)
    case .number: writer.text(value.text)
    case .string: writer.string(value.string ?? "")
    case .array:
        writer.beginArray()
        for element in value.elements { write(element, &writer) }
        writer.endArray()
    case .object:
        writer.beginObject()
        for (name, member) in value.members {
            writer.key(name)
            write(member, &writer)
        }
        writer.endObject()
    }
}

private func compare(_ value: JSONValue, _ copy: JSONValue) {
    precondition(value.kind == copy.kind)
    precondition(value.boolean == copy.boolean && value.integer == copy.integer)
    precondition(Array((value.string ?? "").utf8) == Array((copy.string ?? "").utf8))
    precondition(value.elements.count == copy.elements.count)
    for (element, other) in zip(value.elements, copy.elements) { compare(element, other) }
    precondition(value.members.count == copy.members.count)
    for (member, other) in zip(value.members, copy.members) {
        precondition(Array(member.name.utf8) == Array(other.name.utf8))
        precondition(value[member.name] != nil)
        compare(member.value, other.value)
    }
}
