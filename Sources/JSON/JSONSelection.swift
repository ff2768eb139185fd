/// Which parts of a JSON text to record.
///
/// The rest is checked as well and otherwise skipped, so that the memory for a text depends on the
/// selection and not on the sender.
public enum JSONSelection: Sendable {
    /// All members down to this level; 0 is the value alone.
    case levels(Int)
    /// The members of an object with one of these names, at most 64; of duplicates the last one.
    case members([Member])
    /// The first elements of an array.
    indirect case elements(most: Int, JSONSelection)

    /// The value alone, without its content.
    public static let value = JSONSelection.levels(0)

    /// A member to record.
    public struct Member: Sendable {
        /// The name of the member, without escapes.
        public let name: String
        /// The parts of its value to record.
        public let selection: JSONSelection
        let bytes: [UInt8]

        /// Creates a selection of a member.
        ///
        /// - Parameters:
        ///   - name: The name of the member, without escapes.
        ///   - selection: The parts of its value to record.
        public init(_ name: String, _ selection: JSONSelection = .value) {
            self.name = name
            self.selection = selection
            bytes = Array(name.utf8)
        }
    }
}

/// The members of a text that were not recorded, by path, such as `filter.typ`: those whose names
/// are not selected, and all but the last of members with the same name. Members that are null
/// count as absent.
public struct SkippedMembers: Sendable, Equatable {
    /// The maximum number of paths that are kept.
    public static let mostPaths = 20
    /// The maximum number of bytes of a name that are kept.
    static let mostNameBytes = 64

    /// The first paths, in the order of the text, at most ``mostPaths``.
    public private(set) var paths: [String] = []
    /// The number of all skipped members.
    public private(set) var count = 0

    /// Creates an empty list.
    public init() {}

    /// Whether no member was skipped.
    public var isEmpty: Bool { count == 0 }

    /// Counts a member, and keeps its path if there is room for it.
    ///
    /// - Parameter path: The path. It is evaluated only if it is kept.
    public mutating func append(_ path: @autoclosure () -> String) {
        count += 1
        if paths.count < Self.mostPaths { paths.append(path()) }
    }
}
