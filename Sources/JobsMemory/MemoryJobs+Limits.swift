import Jobs

/// The limits of types. The live leases are counted by the queue, the times of the last starts are
/// kept in a record.
extension MemoryJobs {
    /// Returns how many jobs a claim may start, and makes the jobs claimable whose groups have
    /// room.
    func room(for claim: Claim, in queue: TypeQueue, at now: Timestamp) -> Int {
        queue.makeReady(
            most: claim.limits?.maxRunningPerGroup, maxRetries: claim.startLimit)
        guard let limits = claim.limits else {
            if queue.lacksRoom { queue.claimed(isLimited: false, maxRetries: 0, nextRoom: nil) }
            return claim.limit
        }
        var room = claim.limit
        if let most = limits.maxRunning { room = min(room, most - queue.groups.running) }
        if let rate = limits.maxStarts {
            room = min(room, starts(of: claim.type).room(rate, at: now))
        }
        return room
    }

    /// Records the starts of a claim of a limited type, before the jobs are back in the queue.
    mutating func note(
        _ count: Int, _ limits: TypeLimits, _ claim: Claim, in queue: TypeQueue, at now: Timestamp
    ) {
        if let rate = limits.maxStarts { self.count(count, of: claim.type, rate, at: now) }
        let nextRoom = limits.maxStarts.flatMap {
            starts(of: claim.type).nextRoom($0, at: now)
        }
        queue.claimed(isLimited: true, maxRetries: claim.startLimit, nextRoom: nextRoom)
        if count == 0, claim.limit > 0, queue.lacksRoom {
            observer.observe(.noRoom(type: claim.type))
        }
    }

    /// Counts starts of a type with a maximum number of starts.
    mutating func count(_ count: Int, of type: String, _ rate: StartRate, at now: Timestamp) {
        guard count > 0 else { return }
        var starts = starts(of: type)
        starts.add(count, rate, at: now)
        set(starts, of: type, at: now)
    }

    /// Takes back a start whose caller did not receive the job.
    mutating func takeBack(_ start: Timestamp, of type: String, at now: Timestamp) {
        guard record(.turnstile, type) != nil else { return }
        var starts = starts(of: type)
        if starts.takeBack(start) { set(starts, of: type, at: now) }
    }

    private func starts(of type: String) -> StartTimes {
        StartTimes(record(.turnstile, type)?.value)
    }

    private mutating func set(_ starts: StartTimes, of type: String, at now: Timestamp) {
        _ = write(
            .turnstile, type, starts.json, over: record(.turnstile, type)?.version, at: now)
    }
}
