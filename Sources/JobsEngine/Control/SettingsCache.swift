import Jobs
import Synchronization

/// The settings of all types, read from the records of a store and kept for a moment.
///
/// A store that only this process uses is read once. Else the settings are read every half second
/// while calls need them, in the background; a call after a longer pause reads them first. One read
/// at a time serves all calls.
final class SettingsCache: Sendable {
    private struct State {
        var knowledge: SettingsKnowledge
        /// The read that runs.
        var reading: Task<Void, any Error>?
        /// Whether to read again when the read that runs has ended.
        var isOutdated = false
        /// When a call last needed the settings.
        var usedAt: ContinuousClock.Instant?
    }

    private enum Answer {
        case settings(KnownSettings?)
        case wait(Task<Void, any Error>)
    }

    let records: any JobsRecords
    private let state: Mutex<State>
    private let onChange: @Sendable (Set<ExactText>) -> Void

    /// - Parameter onChange: Called with the types whose settings have changed.
    init(_ records: any JobsRecords, onChange: @escaping @Sendable (Set<ExactText>) -> Void) {
        self.records = records
        self.onChange = onChange
        state = Mutex(State(knowledge: SettingsKnowledge(isShared: records.areShared)))
    }

    /// Returns the settings, which are no older than ``SettingsKnowledge/validity``.
    ///
    /// - Returns: `nil` if no type has settings.
    /// - Throws: The error of the store if they had to be read.
    func current() async throws -> KnownSettings? {
        let arrival = ContinuousClock.now
        var now = arrival
        while true {
            let answer = state.withLock { state -> Answer in
                state.usedAt = now
                switch state.knowledge.step(at: now, since: arrival) {
                case .use: break
                case .useAndRead: _ = read(&state)
                case .read: return .wait(read(&state))
                }
                return .settings(state.knowledge.settings)
            }
            switch answer {
            case .settings(let settings): return settings
            case .wait(let task): try await task.value
            }
            now = .now
        }
    }

    /// The settings as last read, of any age.
    var last: KnownSettings? { state.withLock { $0.knowledge.settings } }

    /// Whether a call has needed the settings in the last `duration`.
    func wasUsed(within duration: Duration) -> Bool {
        state.withLock { $0.usedAt.map { $0.duration(to: .now) <= duration } ?? false }
    }

    /// Reads the settings in the background, in a read that begins after this call.
    func renew() {
        state.withLock { state in
            if state.reading == nil { _ = read(&state) } else { state.isOutdated = true }
        }
    }

    /// Takes the settings that this process has written.
    func take(_ written: Record) {
        let changed = state.withLock { $0.knowledge.take(written: written, at: .now) }
        if !changed.isEmpty { onChange(changed) }
    }

    /// Returns the read that runs, or begins one.
    private func read(_ state: inout State) -> Task<Void, any Error> {
        if let reading = state.reading { return reading }
        let start = ContinuousClock.now
        // A detached task: it serves every call that waits for it. The cancellation of one call
        // must not cancel it.
        let task = Task.detached { [self] in
            do {
                let found = try await records.records(of: .type)
                end { $0.take(found, readAt: start) }
            } catch {
                end { _ in [] }
                throw error
            }
        }
        state.reading = task
        return task
    }

    private func end(_ take: (inout SettingsKnowledge) -> Set<ExactText>) {
        let changed = state.withLock { state in
            let changed = take(&state.knowledge)
            state.reading = nil
            if state.isOutdated {
                state.isOutdated = false
                _ = read(&state)
            }
            return changed
        }
        if !changed.isEmpty { onChange(changed) }
    }
}
