extension TypePage {
    /// Selects the part of a list that a query asks for.
    ///
    /// - Parameters:
    ///   - types: All types, each once, in any order.
    ///   - query: Which of them to return.
    ///   - status: Returns the status of a type of the page.
    package init(
        of types: some Sequence<ExactText>, _ query: TypeQuery, pause: TypePause?,
        _ status: (ExactText) -> TypeStatus
    ) {
        let wanted = query.type.map { ExactText($0) }
        let visible = query.types.map { Set($0.map { ExactText($0) }) }
        let matching = types.filter { type in
            (wanted.map { $0 == type } ?? true) && (visible?.contains(type) ?? true)
        }
        var part = matching.sorted { $0 < $1 }[...]
        if query.isDescending { part = part.reversed()[...] }
        if let after = query.after.map({ ExactText($0) }) {
            part = part.drop { query.isDescending ? $0 >= after : $0 <= after }
        }
        let limit = Paging(take: query.take).limit(maxPageSize: TypeQuery.maximumTypes)
        self.init(
            types: part.dropFirst(max(query.skip, 0)).prefix(limit).map(status),
            total: query.wantsTotal ? matching.count : nil, pause: pause)
    }
}

extension ExactText: Comparable {
    /// Compares the bytes.
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
