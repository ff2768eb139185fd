import Jobs

/// Keeps the settings of types current while claims wait or come seldom.
extension ControlledJobsPersistence {
    /// How long after the last claim the settings are still kept current.
    private static let linger = Duration.seconds(10)

    /// Reads the settings every half second while claims come or wait, until the task is cancelled.
    ///
    /// Reading costs less than a change stream: mongod passes every write to any collection to the
    /// stream of each instance, at a third of the cost of a claim. Without this task, a claim after
    /// a longer pause reads the settings first.
    ///
    /// - Parameter isAwaited: Returns whether claims wait.
    func keepSettingsCurrent(isAwaited: @escaping @Sendable () -> Bool) async {
        guard cache.records.areShared else { return }
        let pause = { SettingsKnowledge.renewal * Double.random(in: 0.8...1) }
        while (try? await Task.sleep(for: pause())) != nil {
            if isAwaited() || cache.wasUsed(within: Self.linger) { cache.renew() }
        }
    }
}
