/// Scans a JSON text once, checks it, and records the places of the selected parts.
struct JSONRecorder {
    private(set) var places: [JSONOutline.Place] = []
    private(set) var skipped = SkippedMembers()
    private var scanner: JSONScanner
    /// The current path, for the paths of skipped members.
    private var path: [Step] = []

    private enum Step {
        case member(String)
        case element(Int)
    }

    init(maximumDepth: Int) {
        scanner = JSONScanner(maximumDepth: maximumDepth)
        places.reserveCapacity(8)
    }

    /// Scans the whole text.
    mutating func record(_ bytes: Span<UInt8>, _ selection: JSONSelection) throws(JSONError) {
        try record(JSONOutline.Place(kind: .null), bytes, selection, depth: 0)
        try scanner.expectEnd(bytes)
    }

    private mutating func record(
        _ unfilled: JSONOutline.Place, _ bytes: Span<UInt8>, _ selection: JSONSelection, depth: Int
    ) throws(JSONError) {
        var place = unfilled
        let index = places.count
        let first = try scanner.peek(bytes)
        guard let kind = JSONKind(firstByte: first) else {
            throw JSONError(.unexpectedByte, at: scanner.position)
        }
        place.kind = kind
        var start = scanner.position
        places.append(place)
        switch (kind, selection) {
        case (.string, _):
            place.hasEscapes = try scanner.skipString(bytes)
            start += 1
        case (.object, .levels(1...)), (.object, .members):
            try recordMembers(of: index, bytes, selection, depth: depth + 1)
        case (.array, .levels(1...)), (.array, .elements):
            place.unrecorded = try recordElements(bytes, selection, depth: depth + 1)
        case (.object, _), (.array, _):
            try scanner.skipValue(bytes, depth: depth)
        case (.null, _), (.boolean, _), (.number, _):
            try scanner.skipScalar(bytes, startingWith: first)
        }
        let end = kind == .string ? scanner.position - 1 : scanner.position
        place.value = UInt32(start)..<UInt32(end)
        place.end = places.count
        places[index] = place
    }

    /// Skips an opening bracket.
    /// - Returns: whether anything is inside.
    private mutating func enter(
        _ bytes: Span<UInt8>, until end: UInt8, depth: Int
    ) throws(JSONError) -> Bool {
        guard depth <= scanner.maximumDepth else {
            throw JSONError(.tooDeep, at: scanner.position)
        }
        scanner.advance()
        guard try scanner.peek(bytes) == end else { return true }
        scanner.advance()
        return false
    }

    /// Skips the comma or closing bracket after a member or an element.
    /// - Returns: whether there is another one.
    private mutating func goOn(
        _ bytes: Span<UInt8>, until end: UInt8
    ) throws(JSONError) -> Bool {
        guard try scanner.peek(bytes) == end else {
            try scanner.expect(.comma, bytes)
            return true
        }
        scanner.advance()
        return false
    }

    private mutating func recordElements(
        _ bytes: Span<UInt8>, _ selection: JSONSelection, depth: Int
    ) throws(JSONError) -> UInt32 {
        let inner: JSONSelection
        let most: Int
        switch selection {
        case .elements(let limit, let selection): (inner, most) = (selection, limit)
        case .levels(let levels): (inner, most) = (.levels(levels - 1), .max)
        case .members: (inner, most) = (.value, 0)
        }
        guard try enter(bytes, until: .closeBracket, depth: depth) else { return 0 }
        var count = 0
        path.append(.element(0))
        repeat {
            if count < most {
                path[path.count - 1] = .element(count)
                try record(JSONOutline.Place(kind: .null), bytes, inner, depth: depth)
            } else {
                try scanner.skipValue(bytes, depth: depth)
            }
            count += 1
        } while try goOn(bytes, until: .closeBracket)
        path.removeLast()
        return UInt32(max(count - most, 0))
    }

    // MARK: Members

    /// - Parameter index: the index of the object's place.
    private mutating func recordMembers(
        of index: Int, _ bytes: Span<UInt8>, _ selection: JSONSelection, depth: Int
    ) throws(JSONError) {
        guard try enter(bytes, until: .closeBrace, depth: depth) else { return }
        // The selected members that were found so far, one bit each.
        var met: UInt64 = 0
        repeat {
            guard try scanner.peek(bytes) == .quote else {
                throw JSONError(.unexpectedByte, at: scanner.position)
            }
            var place = JSONOutline.Place(kind: .null)
            let start = scanner.position + 1
            place.keyHasEscapes = try scanner.skipString(bytes)
            place.key = UInt32(start)..<UInt32(scanner.position - 1)
            try scanner.expect(.colon, bytes)
            switch selection {
            case .levels(let levels):
                try record(place, bytes, .levels(levels - 1), depth: depth)
            case .members(let members):
                // Unescaped once, and not for each of the members.
                let key = place.keyHasEscapes ? Self.unescapedKey(of: place, bytes) : nil
                guard
                    let found = members.firstIndex(where: { $0.isNamed(by: place, key, bytes) })
                else {
                    try skipMember(place, bytes, depth: depth)
                    break
                }
                let member = members[found]
                if met & 1 << UInt64(found) != 0 { removeMember(member, of: index, bytes) }
                met |= 1 << UInt64(found)
                path.append(.member(member.name))
                try record(place, bytes, member.selection, depth: depth)
                path.removeLast()
            case .elements: break  // selects no members
            }
        } while try goOn(bytes, until: .closeBrace)
    }

    private mutating func skipMember(
        _ place: JSONOutline.Place, _ bytes: Span<UInt8>, depth: Int
    ) throws(JSONError) {
        let isNull = try scanner.peek(bytes) == UInt8(ascii: "n")
        try scanner.skipValue(bytes, depth: depth)
        guard !isNull else { return }
        let outer = path
        skipped.append(Self.path(outer, Self.name(of: place, bytes)))
    }

    /// Removes a member because another one with the same name follows.
    private mutating func removeMember(
        _ member: JSONSelection.Member, of index: Int, _ bytes: Span<UInt8>
    ) {
        var child = index + 1
        while !member.isNamed(by: places[child], nil, bytes) { child = places[child].end }
        let removed = child..<places[child].end
        if places[child].kind != .null {
            let outer = path
            skipped.append(Self.path(outer, member.name))
        }
        places.removeSubrange(removed)
        while child < places.count {
            places[child].end -= removed.count
            child += 1
        }
    }

    private static func path(_ outer: [Step], _ name: String) -> String {
        outer.reduce(into: "") { text, step in
            switch step {
            case .member(let name): text += "\(name)."
            case .element(let index): text += "\(index)."
            }
        } + name
    }

    fileprivate static func unescapedKey(of place: JSONOutline.Place, _ bytes: Span<UInt8>)
        -> String
    {
        bytes.extracting(Int(place.key.lowerBound)..<Int(place.key.upperBound))
            .withUnsafeBytes { String(unescapingJSON: $0) }
    }

    /// The first bytes of a key.
    private static func name(of place: JSONOutline.Place, _ bytes: Span<UInt8>) -> String {
        let key = bytes.extracting(Int(place.key.lowerBound)..<Int(place.key.upperBound))
        let name = key.withUnsafeBytes {
            place.keyHasEscapes ? String(unescapingJSON: $0) : String(decoding: $0, as: UTF8.self)
        }
        // Copies the prefix, so that a long name is not kept in memory.
        return String(
            decoding: Array(name.utf8Prefix(SkippedMembers.mostNameBytes).utf8), as: UTF8.self)
    }
}

extension JSONSelection.Member {
    /// Whether the key of a place equals this member's name, byte by byte.
    ///
    /// - Parameter key: The key without escapes, if it has some and is known.
    fileprivate func isNamed(
        by place: JSONOutline.Place, _ key: String?, _ bytes: Span<UInt8>
    ) -> Bool {
        if place.keyHasEscapes {
            let key = key ?? JSONRecorder.unescapedKey(of: place, bytes)
            return key.utf8.elementsEqual(name.utf8)
        }
        guard place.key.count == self.bytes.count else { return false }
        let start = Int(place.key.lowerBound)
        for offset in self.bytes.indices where bytes[start + offset] != self.bytes[offset] {
            return false
        }
        return true
    }
}
