import JSON
public import Jobs
import Synchronization

/// A layer over a store that fails at random, before a step or after it, as a network does; and
/// whose records other processes may change.
public final class FaultyPersistence: JobsPersistenceLayer {
    public let base: any JobsPersistence
    public let records: any JobsRecords
    private let faults: Faults

    /// - Parameters:
    ///   - chance: How often a step fails, from 0 to 1; half of these after it has taken effect.
    public init(_ base: any JobsPersistence, chance: Double) {
        self.base = base
        faults = Faults(chance)
        records = FaultyRecords(base: base.records, faults: faults)
    }

    /// How often a step fails.
    public var chance: Double {
        get { faults.chance.withLock { $0 } }
        set { faults.chance.withLock { $0 = newValue } }
    }

    public func add(_ addition: RecordedAddition) async throws -> RecordedJobs? {
        try await faults.step { try await base.add(addition) }
    }

    public func add(_ newJobs: [NewJob]) async throws -> [Result<Job, JobsError>] {
        try await faults.step { try await base.add(newJobs) }
    }

    public func get(_ id: JobID) async throws -> Job? {
        try await faults.step { try await base.get(id) }
    }
}

private final class Faults: Sendable {
    let chance: Mutex<Double>

    init(_ chance: Double) {
        self.chance = Mutex(chance)
    }

    func step<Value>(_ work: () async throws -> Value) async throws -> Value {
        try roll()
        await Task.yield()
        let value = try await work()
        await Task.yield()
        try roll()
        return value
    }

    private func roll() throws {
        guard Double.random(in: 0..<1) < chance.withLock({ $0 / 2 }) else { return }
        throw JobsError.unavailable(reason: "a fault of the test")
    }
}

private struct FaultyRecords: JobsRecords {
    let base: any JobsRecords
    let faults: Faults

    var areShared: Bool { true }

    func records(of kind: RecordKind) async throws -> [Record] {
        try await faults.step { try await base.records(of: kind) }
    }

    func record(_ kind: RecordKind, _ key: String) async throws -> Record? {
        try await faults.step { try await base.record(kind, key) }
    }

    func write(_ kind: RecordKind, _ key: String, _ value: JSONText, over version: Int64?)
        async throws -> Record?
    {
        try await faults.step { try await base.write(kind, key, value, over: version) }
    }

    func remove(_ kind: RecordKind, _ key: String, over version: Int64) async throws -> Bool {
        try await faults.step { try await base.remove(kind, key, over: version) }
    }
}
