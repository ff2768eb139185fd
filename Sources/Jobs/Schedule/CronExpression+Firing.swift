/// The firings of an expression in real time.
///
/// Expressions with a `*` in the minute or the hour fire whenever local clocks show a matching
/// time, so an hour that is repeated fires again, and one that is left out does not fire. Fixed
/// times of the day fire once a day: at the first of two equal local times, and where clocks leave
/// the time out, at the moment of the change. Several times in one gap are one firing.
extension CronExpression {
    private static let minute: Int64 = 60_000
    private static let twoDays: Int64 = 2 * 86_400_000

    /// Returns the first firing after a time.
    ///
    /// - Parameter place: The place by whose clocks the expression goes.
    /// - Returns: `nil` if there is none before the year 9999.
    public func next(after time: Timestamp, in place: some LocalTime) -> Timestamp? {
        // Firings are on whole minutes.
        var time = time
        var local = time.milliseconds + place.offset(at: time)
        // Fixed times that clocks have shown before they went back do not fire again.
        var shown = isFixed ? Self.shown(before: time, in: place) : .min
        while true {
            let after = max(local + 1, shown)
            let first = (after + Self.minute - 1).quotientAndRemainder(flooringBy: Self.minute)
            guard let match = next(from: first.quotient) else { return nil }
            let wanted = match * Self.minute
            // Far from the next match, a change of the offset has no effect on it.
            if wanted - local > 2 * Self.twoDays {
                let near = time.advanced(by: wanted - local - Self.twoDays)
                guard near < .max else { return nil }
                time = near
                local = near.milliseconds + place.offset(at: near)
                shown = .min
                continue
            }
            let offset = place.offset(at: time)
            let firing = Timestamp(milliseconds: wanted - offset)
            guard let change = place.change(after: time, upTo: firing) else {
                return firing < .max ? firing : nil
            }
            let (old, new) = (
                change.milliseconds + offset, change.milliseconds + place.offset(at: change)
            )
            if new > old {
                // Clocks go forward from `old` to `new`.
                if isFixed, wanted < new { return change }
                // The match may be at the moment of the change itself.
                time = change
                local = new - 1
            } else {
                time = change
                local = new - 1
                shown = isFixed ? old : .min
            }
        }
    }

    /// The local time up to which clocks have shown every time, if they changed less than a day
    /// ago.
    private static func shown(before time: Timestamp, in place: some LocalTime) -> Int64 {
        let before = time.advanced(by: -86_400_000)
        guard let change = place.change(after: before, upTo: time) else { return .min }
        return change.milliseconds + place.offset(at: before)
    }
}
