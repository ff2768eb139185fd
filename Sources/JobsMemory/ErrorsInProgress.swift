package import Jobs

/// Groups of errors that are counted in slices, so that other calls run in between.
package struct ErrorsInProgress: Sendable {
    /// The number of groups that are counted under one lock.
    private static let slice = 20

    private let query: ErrorQuery
    /// The groups that are not counted yet; `nil` if they are not known yet.
    fileprivate var rest: [ErrorGroupKey]?
    fileprivate var counted: [(key: ErrorGroupKey, count: Int)] = []
    /// The groups; `nil` until all are counted.
    package fileprivate(set) var result: ErrorGroups?

    package init(_ query: ErrorQuery) {
        self.query = query
    }

    fileprivate mutating func advance(_ index: ErrorIndex, at now: Timestamp) {
        guard var rest else {
            rest = index.keys(ofTypes: query.wantedTypes)
            return
        }
        guard !rest.isEmpty else { return finish(index, at: now) }
        for key in rest.suffix(Self.slice) {
            let count = index.count(key, query, upTo: ErrorGroups.exactCount + 1)
            if count > 0 { counted.append((key, count)) }
        }
        rest.removeLast(min(Self.slice, rest.count))
        self.rest = rest
    }

    private mutating func finish(_ index: ErrorIndex, at now: Timestamp) {
        counted.sort {
            ErrorGroups.isOrdered(
                ($0.count, $0.key.type.text, $0.key.errorKey.text),
                ($1.count, $1.key.type.text, $1.key.errorKey.text))
        }
        let isBounded = query.from != nil || query.to != nil
        let groups = counted.prefix(ErrorGroups.maximumCount).compactMap { key, count in
            index.ends(of: key, query).map { first, last in
                let isCut = isBounded && count > ErrorGroups.exactCount
                return ErrorGroup(
                    type: key.type.text, errorKey: key.errorKey.text,
                    count: isCut ? ErrorGroups.exactCount : count, isCountAtLeast: isCut,
                    first: first.errored ?? first.created, last: last.errored ?? last.created,
                    recent: index.recent(of: key, query, at: now),
                    example: ErrorGroup.Example(last))
            }
        }
        result = ErrorGroups(
            groups: groups, isTruncated: counted.count > ErrorGroups.maximumCount)
    }
}

extension MemoryJobs {
    /// Counts some of the groups.
    package func advance(_ errors: inout ErrorsInProgress, at now: Timestamp) {
        errors.advance(self.errors, at: now)
    }
}
