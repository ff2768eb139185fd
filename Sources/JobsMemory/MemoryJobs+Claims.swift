package import Jobs

/// The starts of jobs, by id and by type.
extension MemoryJobs {
    package mutating func start(_ start: Start, at now: Timestamp) -> StartedJob? {
        guard let record = record(start.id),
            let job = record.job.started(
                at: now, timeout: start.timeout, for: ClaimCaller(worker: start.worker))
        else {
            return nil
        }
        record.queue.dequeue(record)
        if let rate = start.limits[ExactText(job.type)]?.maxStarts {
            count(1, of: job.type, rate, at: now)
        }
        return lease(record, as: job, at: now)
    }

    package mutating func claim(_ claim: Claim, at now: Timestamp) -> [StartedJob] {
        guard claim.hasRequests else { return startReady(claim, at: now) }
        let served = served(Set(claim.requests.keys), type: claim.type, at: now)
        return served.values.flatMap(\.self) + startReady(claim.dropping(served.keys), at: now)
    }

    package mutating func served(_ requests: Set<ExactText>, type: String, at now: Timestamp)
        -> [ExactText: [StartedJob]]
    {
        guard let queue = queues[ExactText(type)] else { return [:] }
        var served: [ExactText: [StartedJob]] = [:]
        for id in requests {
            served[id] = queue.requests.claimed(id).map { records in
                records.compactMap { repeated($0, at: now) }
            }
        }
        return served
    }

    /// Returns a job that is still under the lease of its request, and notes that another caller
    /// may have it now.
    private mutating func repeated(_ record: JobRecord, at now: Timestamp) -> StartedJob? {
        guard let started = record.started(at: now) else { return nil }
        if record.job.claimRequest?.isRepeated == false {
            var job = record.job
            job.claimRequest?.isRepeated = true
            change(record, to: job, by: nil, lockToken: record.lockToken, at: now)
        }
        return started
    }

    private mutating func startReady(_ claim: Claim, at now: Timestamp) -> [StartedJob] {
        guard let queue = queues[ExactText(claim.type)] else { return [] }
        queue.advance(to: now)
        let room = room(for: claim, in: queue, at: now)
        var taken: [(record: JobRecord, job: Job?)] = []
        var count = 0
        var ofGroups: [ExactText: Int] = [:]
        while count < room,
            let record = queue.dequeueReady(at: now, maxRetries: claim.startLimit)
        {
            if let most = claim.limits?.maxRunningPerGroup, let group = record.job.group,
                queue.groups.running(in: group) + (ofGroups[ExactText(group)] ?? 0) >= most
            {
                queue.setAside(record, group)
                continue
            }
            let job = record.job.started(
                at: now, timeout: claim.timeout, for: claim.caller(at: count))
            if let job {
                count += 1
                if let group = job.group, claim.limits != nil {
                    ofGroups[ExactText(group), default: 0] += 1
                }
            }
            taken.append((record, job))
        }
        if let limits = claim.limits { note(count, limits, claim, in: queue, at: now) }
        // Back into the queue only now, so that a lease that has lapsed at once is not claimed
        // again.
        return taken.compactMap { record, job in
            guard let job else {
                // Its cancellation took effect when its lease lapsed.
                if let settled = record.job.settled(at: now) {
                    change(record, to: settled, by: .settle, lockToken: record.lockToken, at: now)
                } else {
                    queue.enqueue(record, at: now)
                }
                return nil
            }
            return lease(record, as: job, at: now)
        }
    }
}
