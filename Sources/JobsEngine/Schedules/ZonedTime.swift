public import Foundation
public import Jobs

/// The local time of a time zone of the IANA database.
public struct ZonedTime: LocalTime {
    /// The time zone.
    public let zone: TimeZone

    /// Creates the local time of a zone.
    ///
    /// - Parameter identifier: The name of the zone in the IANA database, such as `Europe/Berlin`.
    /// - Returns: `nil` if there is no such zone.
    public init?(_ identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    public func offset(at time: Timestamp) -> Int64 {
        let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
        return Int64(zone.secondsFromGMT(for: date)) * 1000
    }
}
