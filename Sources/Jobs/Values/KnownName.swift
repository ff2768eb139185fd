/// A name from a list to which later versions can add names without breaking clients, as they would
/// by adding a case to an enumeration.
public protocol KnownName: RawRepresentable<String>, Sendable, Hashable, CaseIterable {}

extension KnownName {
    /// Returns the value of this name; `nil` for a name that this version does not know.
    public init?(rawValue: String) {
        guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = known
    }
}
