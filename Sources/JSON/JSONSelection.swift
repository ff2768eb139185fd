/// Which parts of a JSON text to record the places of.
///
/// What is not selected is checked like everything else and otherwise skipped, so that the memory which
/// a text takes depends on what is asked for and not on what the sender puts into it.
public enum JSONSelection: Sendable {
    /// Everything down to this level of members; 0 is the value alone.
    case levels(Int)
    /// The members of an object that have one of these names, at most 64; of several of one name
    /// the last one.
    case members([Member])
    /// The first elements of an array.
    indirect case elements(most: Int, JSONSelection)

    /// The value alone, whatever it holds.
    public static let value = JSONSelection.levels(0)

    /// A member to record.
    public struct Member: Sendable {
        public let name: String
        public let selection: JSONSelection
        let bytes: [UInt8]

        public init(_ name: String, _ selection: JSONSelection = .value) {
            self.name = name
            self.selection = selection
            bytes = Array(name.utf8)
        }
    }
}

/// The members of a text that were given and not recorded, by their paths, such as `filter.typ`: those
/// with names that are not selected, and all but the last of members with the same name. Members
/// that are null count as not given.
public struct SkippedMembers: Sendable, Equatable {
    /// The most paths that are kept.
    public static let mostPaths = 20
    /// The most bytes of a name that are kept.
    static let mostNameBytes = 64

    /// The first ones, in the order of the text.
    public private(set) var paths: [String] = []
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    /// - Parameter path: made only if it is kept.
    public mutating func append(_ path: @autoclosure () -> String) {
        count += 1
        if paths.count < Self.mostPaths { paths.append(path()) }
    }
}
