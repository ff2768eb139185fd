/// A change of the settings of a type. Settings that are not given stay as they are.
public struct TypeChange: Sendable, Equatable {
    /// The change of one setting.
    public enum Setting<Value: Sendable & Equatable>: Sendable, Equatable {
        /// Leaves the setting as it is.
        case keep
        /// Replaces the setting as a whole.
        case set(Value)
        /// Takes the setting away.
        case remove
    }

    /// The maximum number of live leases on jobs of the type, 1 to 2,147,483,647.
    public var maxRunning = Setting<Int>.keep
    /// The maximum number of live leases on jobs of the type in one group, 1 to 2,147,483,647.
    public var maxRunningPerGroup = Setting<Int>.keep
    /// The maximum number of starts in a time.
    public var maxStarts = Setting<StartRate>.keep
    /// The delays after failed attempts of jobs without their own policy.
    public var retry = Setting<RetryPolicy>.keep
    /// How long ended jobs of the type are kept.
    public var retention = Setting<TypeRetention>.keep

    /// Creates a change that leaves everything as it is.
    public init() {}
}

extension TypeSettings {
    /// Returns the settings after a change.
    public func applying(_ change: TypeChange) -> TypeSettings {
        var settings = self
        change.maxRunning.apply(to: &settings.maxRunning)
        change.maxRunningPerGroup.apply(to: &settings.maxRunningPerGroup)
        change.maxStarts.apply(to: &settings.maxStarts)
        change.retry.apply(to: &settings.retry)
        change.retention.apply(to: &settings.retention)
        return settings
    }

    /// Returns the settings paused at `now`. A pause that is in effect keeps its beginning.
    package func paused(reason: String?, until: Timestamp?, at now: Timestamp) -> TypeSettings {
        var settings = self
        let former = pause.flatMap { $0.isInEffect(at: now) ? $0 : nil }
        settings.pause = TypePause(reason: reason, since: former?.since ?? now, until: until)
        return settings
    }

    /// Returns the settings without a pause that has ended by itself.
    package func current(at now: Timestamp) -> TypeSettings {
        var settings = self
        if let pause, !pause.isInEffect(at: now) { settings.pause = nil }
        return settings
    }
}

extension TypeChange.Setting {
    fileprivate func apply(to setting: inout Value?) {
        switch self {
        case .keep: break
        case .set(let value): setting = value
        case .remove: setting = nil
        }
    }
}
