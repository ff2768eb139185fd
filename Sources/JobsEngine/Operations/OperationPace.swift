/// How fast a bulk operation goes: it leaves most of the time to others.
///
/// After a batch it pauses for nine times as long as the batch took, so that it uses a tenth of the
/// time of one connection to the store. A batch that took no longer than ``idleLimit`` shows that
/// the store has little else to do; then the next one begins after ``idlePeriod`` at the latest, so
/// that 100,000 jobs are treated in less than a minute.
struct OperationPace: Sendable {
    /// The number of jobs of a batch.
    var batchSize = 500
    /// How long a batch takes at most while the store has little else to do.
    var idleLimit = Duration.milliseconds(125)
    /// The time from one batch to the next while the store has little else to do.
    var idlePeriod = Duration.milliseconds(250)
    /// The longest pause.
    var longestPause = Duration.seconds(30)

    /// Returns the pause after a batch.
    func pause(after time: Duration) -> Duration {
        let fair = min(time * 9, longestPause)
        return time > idleLimit ? fair : min(fair, idlePeriod - time)
    }
}
