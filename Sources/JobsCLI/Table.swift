/// A table for people, whose first row is its heading.
struct Table {
    var rows: [[String]]
    /// The headings of the columns whose cells may be cut.
    var flexible: Set<String> = []

    /// The least width of a column that was cut.
    private static let leastWidth = 8

    /// The lines of the table.
    /// - Parameter width: The number of columns of the terminal, to which flexible columns are cut
    ///   as far as that is possible; `nil` cuts nothing.
    func lines(width: Int? = nil) -> [String] {
        let widths = widths(within: width)
        return rows.map { row in
            let cells = zip(row, widths).map { $0.cut(to: $1).padded(to: $1) }
            return String(cells.joined(separator: "  ").trimmingTrailingBlanks)
        }
    }

    private func widths(within limit: Int?) -> [Int] {
        guard let heading = rows.first else { return [] }
        var widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        while excess > 0 {
            let candidates = widths.indices.filter {
                flexible.contains(heading[$0]) && widths[$0] > Self.leastWidth
            }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 0))
    }

    fileprivate func cut(to width: Int) -> String {
        count > width ? prefix(max(width - 1, 0)) + "…" : self
    }

    fileprivate var trimmingTrailingBlanks: Substring {
        self[...(lastIndex { $0 != " " } ?? startIndex)]
    }
}
