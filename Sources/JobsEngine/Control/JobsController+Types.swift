public import Jobs

/// The settings of types of jobs, which operators change while the service runs.
extension JobsController {
    /// Pauses a type of jobs: claims by type find nothing, on all instances of the service.
    ///
    /// Jobs of the type are still added, started by id, and finished. Claims that wait go on
    /// waiting. A pause of a paused type replaces its reason and its end. The call returns when the
    /// pause holds on all instances, after a second if there may be several.
    ///
    /// - Parameters:
    ///   - type: The type; `TypePause.allTypes` for all types.
    ///   - reason: Why, at most `TypePause.maximumReasonLength` Unicode scalars; `nil` for none.
    ///   - until: When the pause ends by itself, by the clock of the store; `nil` if it lasts until
    ///     it is ended.
    /// - Returns: The settings of the type.
    /// - Throws: `JobsError.refused` if an argument is too long, or the end is not in the future;
    ///   `CancellationError` if the task was cancelled, maybe after the type was paused.
    @discardableResult
    public func pause(_ type: String, reason: String? = nil, until: Timestamp? = nil) async throws
        -> TypeSettings
    {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        try JobsError.check("reason", reason, characters: TypePause.maximumReasonLength)
        let now = try await persistence.now()
        if let until, until <= now {
            throw JobsError.refused(reason: "until must be in the future")
        }
        return try await persistence.controlled.update(type, settles: true) { settings in
            settings.paused(reason: reason, until: until, at: now)
        }
    }

    /// Ends the pause of a type, if there is one.
    ///
    /// The end of the pause of all types leaves the pauses of single types in effect, and the other
    /// way around. Other instances of the service learn of it within a second.
    ///
    /// - Parameter type: The type; `TypePause.allTypes` for the pause of all types.
    /// - Returns: The settings of the type.
    /// - Throws: `JobsError.refused` if the type is too long.
    @discardableResult
    public func resume(_ type: String) async throws -> TypeSettings {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        return try await persistence.controlled.update(type, settles: false) { settings in
            var settings = settings
            settings.pause = nil
            return settings
        }
    }

    /// Changes the settings of a type, whether or not there are jobs of it.
    ///
    /// The call returns when the settings hold on all instances of the service: claims that began
    /// earlier may go by the old ones. That takes a second if there may be several instances.
    ///
    /// - Returns: The settings after the change.
    /// - Throws: `JobsError.refused` if the type is too long or `TypePause.allTypes`, or a value is
    ///   out of range; `CancellationError` if the task was cancelled, maybe after the change.
    @discardableResult
    public func set(_ type: String, _ change: TypeChange) async throws -> TypeSettings {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        guard type != TypePause.allTypes else {
            throw JobsError.refused(
                reason: "type must be one type: \"\(type)\", all types, can only be paused")
        }
        // The change is checked, not the outcome, since a stored value may be out of range.
        try TypeSettings().applying(change).checkLimits()
        return try await persistence.controlled.update(type, settles: true) { settings in
            settings.applying(change)
        }
    }

    /// Returns the settings of a type as they are stored, without a pause that has ended by itself.
    ///
    /// - Throws: `JobsError.refused` if the type is too long.
    public func settings(of type: String) async throws -> TypeSettings {
        try JobsError.check("type", type, Job.maximumTypeBytes)
        guard let record = try await persistence.records.record(.type, type) else {
            return TypeSettings()
        }
        return try await current([record])[0].settings
    }

    /// Returns the settings of all types that have some as they are stored, in the order of the
    /// types, without pauses that have ended by themselves. `TypePause.allTypes` is one of the
    /// types.
    public func settings() async throws -> [(type: String, settings: TypeSettings)] {
        try await current(try await persistence.records.records(of: .type)).filter {
            $0.settings != TypeSettings()
        }
    }

    private func current(_ records: [Record]) async throws
        -> [(type: String, settings: TypeSettings)]
    {
        let settings = records.map { ($0.key, TypeSettings($0.value).sound) }
        guard settings.contains(where: { $1.pause?.until != nil }) else { return settings }
        let now = try await persistence.now()
        return settings.map { ($0, $1.current(at: now)) }
    }
}

extension ControlledJobsPersistence {
    /// Changes the settings of a type, from now on for the calls of this process.
    ///
    /// - Parameter settles: Whether to wait until the settings hold in other processes as well.
    fileprivate func update(
        _ type: String, settles: Bool, _ change: (TypeSettings) -> TypeSettings
    ) async throws -> TypeSettings {
        var after = TypeSettings()
        let record = try await base.records.update(.type, type) { value in
            let before = TypeSettings(value).sound
            after = change(before)
            return after == before ? nil : after.json
        }
        if let record { cache.take(record) }
        // Also if nothing has changed: another process may have written it just before.
        if settles, base.records.areShared {
            try await Task.sleep(for: SettingsKnowledge.validity)
        }
        return after
    }
}
