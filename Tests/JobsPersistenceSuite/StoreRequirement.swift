public import Testing

/// A requirement that every store has to meet.
///
/// The tests of each store run ``all``, each requirement over an empty store.
public struct StoreRequirement: Sendable, CustomTestStringConvertible {
    public let testDescription: String
    public let check: @Sendable (StoreUnderTest) async throws -> Void

    init(_ requirement: String, _ check: @escaping @Sendable (StoreUnderTest) async throws -> Void)
    {
        testDescription = requirement
        self.check = check
    }

    public static let all: [StoreRequirement] =
        adding + params + numbers + unique + startingByID + claiming + claimOrder + changing
        + givingBack + releasing + large + repeating + lookups + fencing + availability + waiting
        + removing + filters + pages
        + repeatedAdds + repeatedClaims + repeatedWaits + races + life + failing + cancelling
        + replaying + ownFields + errors + records + recordedAdding + pausing + typeSettings
        + operations + types + limits + groupLimits + rates + severalTypes + walks + limitedWalks
}
