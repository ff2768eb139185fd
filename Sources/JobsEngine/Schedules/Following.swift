import Jobs
import Synchronization

/// Follows the changes of schedules by other processes, as far as the store reports them.
final class Following: Sendable {
    private let state = Atomic(false)

    /// Whether changes are reported at the moment.
    var isFollowing: Bool { state.load(ordering: .relaxed) }

    /// Follows the changes until the task is cancelled, or the store says that it never reports any.
    ///
    /// - Parameter pause: The pause after a failure.
    func follow(_ controller: JobsController, _ pause: Duration) async {
        while !Task.isCancelled {
            do {
                try await controller.persistence.records.follow { [self] in
                    state.store(true, ordering: .relaxed)
                    // What has changed before is read now.
                    controller.scheduleNews.changed()
                } onChange: { kinds in
                    if kinds.contains(.schedule) { controller.scheduleNews.changed() }
                }
            } catch is JobsNewsError {
                return
            } catch {
                state.store(false, ordering: .relaxed)
                // Reads without it are slower and report failures of the store.
                try? await Task.sleep(for: pause)
            }
        }
    }
}
