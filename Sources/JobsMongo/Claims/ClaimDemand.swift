/// How many jobs of a type are claimed in a second.
struct ClaimDemand {
    private var second: ContinuousClock.Instant?
    private var count = 0
    private var former = 0

    /// The rate from which reading ahead is worth a command, in jobs a second.
    static let frequent = 20

    mutating func add(_ number: Int, at now: ContinuousClock.Instant) {
        let age = second.map { $0.duration(to: now) } ?? .seconds(2)
        if age >= .seconds(1) {
            former = age < .seconds(2) ? count : 0
            (second, count) = (now, 0)
        }
        count += number
    }

    /// The larger one of the counts of this second and the one before.
    func rate(at now: ContinuousClock.Instant) -> Int {
        guard let second else { return 0 }
        let age = second.duration(to: now)
        if age >= .seconds(2) { return 0 }
        return age < .seconds(1) ? max(count, former) : count
    }
}
