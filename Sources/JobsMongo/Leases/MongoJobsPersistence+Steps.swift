import BSON
import Jobs

/// A change of one job with a command of its own.
extension MongoJobsPersistence {
    /// Makes a change with one command, if the act applies.
    ///
    /// - Returns: The job after the change; `nil` if it does not exist.
    func make(_ change: JobChange) async throws -> JobDocument? {
        switch change.command {
        case .fields(let fields):
            let pipeline = fields.pipeline(change.lockToken)
            guard change.mayBeMadeAgain else {
                return try await collection.findAndModify(
                    ["_id": change.id.bson], update: pipeline)
            }
            return try await collection.findAndModifyByToken(
                ["_id": change.id.bson], update: pipeline)
        case .step(let step):
            if var changed = try await take(step, change) {
                changed.wasChanged = true
                return changed
            }
            // The act does not apply. The write without a change waits until a majority has the
            // job.
            var found = try await collection.findAndModify(
                ["_id": change.id.bson], update: Pipelines.same)
            found?.wasChanged = false
            return found
        }
    }

    /// - Returns: The job after the change; `nil` if the act does not apply.
    private func take(_ step: ChangeStep, _ change: JobChange) async throws -> JobDocument? {
        let query: BSONLiteral = ["_id": change.id.bson, "$expr": step.condition]
        guard case .replay = change.act else {
            return try await collection.findAndModify(query, update: step.pipeline)
        }
        do {
            return try await collection.findAndModifyUnlessTaken(query, step.pipeline)
        } catch is KeyIsTaken {
            // The other job may be expired, for example.
            guard let job = try await get(change.id) else { return nil }
            try await releaseKey(type: job.type, refID: job.refID)
        }
        do {
            return try await collection.findAndModifyUnlessTaken(query, step.pipeline)
        } catch is KeyIsTaken {
            throw JobsError.notReplayed(change.id, isKeyTaken: true)
        }
    }
}
