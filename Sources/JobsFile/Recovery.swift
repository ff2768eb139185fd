import JSON
import Jobs
import JobsMemory
import NIOCore

/// The jobs of an existing store, read from the snapshot and the journal. The files are never
/// changed, even if they are damaged.
struct Recovery {
    private(set) var jobs: MemoryJobs
    /// The identity of the snapshot; `nil` if there is no snapshot.
    private(set) var snapshot: SnapshotIdentity?
    private(set) var segments: [JournalWriter.Segment] = []
    /// The number of bytes of an entry that was incomplete when the process or the machine stopped.
    /// Its changes were never acknowledged.
    private(set) var tornBytes = 0
    private let names: FileNames
    private let now: Timestamp
    private let observer: any JobObserver
    /// The snapshots that the journal belongs to.
    private var known: [SnapshotIdentity?] = []
    /// Changed jobs that are missing in the snapshot. The journal has to contain their removal.
    private var missing: Set<JobID> = []

    var hasChanges: Bool { segments.contains { $0.hasChanges } }

    /// - Throws: ``FileStoreError``
    init(_ names: FileNames, at now: Timestamp, observer: any JobObserver = IgnoringObserver())
        throws
    {
        self.names = names
        self.now = now
        self.observer = observer
        jobs = MemoryJobs(isRecording: true, observer: observer)
        try readSnapshot()
        try readJournal()
        guard hasChanges else { return }
        guard known.contains(snapshot) else {
            throw FileStoreError(
                .unreadable, names.snapshot,
                "is not the file that \(names.segment(segments[0].generation)) belongs to: "
                    + "restore the right file, or move the journal away to start without it")
        }
        if let id = missing.first {
            throw FileStoreError(
                .unreadable, names.snapshot, "job \(id), which the journal changes, is missing")
        }
    }

    private mutating func readSnapshot() throws {
        let path = names.snapshot
        guard let file = try reading(path, { () throws(FileError) in try ReadableFile.open(path) })
        else { return }
        let reader = SnapshotReader(file)
        do {
            var elements = JSONElements(
                maximumDepth: JSONOutline.maximumDepth + JSONOutline.enclosingDepth
            ) {
                try reader.read()
            }
            var count = 0
            while let element = try elements.next(recordedDepth: 1) {
                do {
                    let stored = try StoredJob(element.root)
                    guard !jobs.restore(stored, at: now) else {
                        throw Unreadable("has the same id as another job, \(stored.job.id)")
                    }
                    count += 1
                } catch let error as Unreadable {
                    throw FileStoreError(.unreadable, path, "job \(count): \(error.reason)")
                }
            }
        } catch let error as JSONError {
            throw FileStoreError(.unreadable, path, "is not a list of jobs: \(error)")
        } catch let error as FileError {
            throw FileStoreError(.unreadable, path, "\(error)")
        }
        snapshot = reader.identity
    }

    private mutating func readJournal() throws {
        let generations = try reading(names.directory) { () throws(FileError) in
            try names.generations()
        }
        let files = try generations.map { try SegmentReader(names.segment($0), generation: $0) }
        for (index, file) in files.enumerated() {
            var file = file
            if index + 1 < files.count {
                let next = files[index + 1]
                guard next.head.generation == file.head.generation + 1 else {
                    throw FileStoreError(
                        .unreadable, names.segment(file.head.generation + 1), "is missing")
                }
                try file.limit(to: Int(next.head.previousLength))
            }
            var segment = JournalWriter.Segment(generation: file.head.generation, length: 0)
            while let entry = try file.next() {
                for record in entry.root.elements {
                    do {
                        let isChange = try apply(JournalRecord(record))
                        segment.hasChanges = isChange || segment.hasChanges
                    } catch {
                        throw file.unreadable("a record \(error.reason)")
                    }
                }
            }
            segment.length = file.offset
            tornBytes = file.tornBytes
            segments.append(segment)
        }
    }

    /// - Returns: Whether the record is about jobs.
    private mutating func apply(_ record: JournalRecord) -> Bool {
        switch record {
        case .head: return false
        case .snapshot(let identity):
            known.append(identity)
            return false
        case .job(let stored):
            missing.remove(stored.job.id)
            jobs.restore(stored, at: now)
        case .lease(let lease):
            if let stored = jobs.stored(lease.id) {
                jobs.restore(lease.apply(to: stored), at: now)
            } else {
                missing.insert(lease.id)
            }
        case .removed(let id):
            missing.remove(id)
            jobs.forget(id)
        case .cleared:
            missing = []
            _ = jobs.removeAll()
            _ = jobs.takeChanges()
        case .record(let stored):
            jobs.restore(stored)
            return false
        }
        return true
    }
}

/// Runs a call that reads a file, and adds the path to its error.
func reading<Value>(_ path: String, _ body: () throws(FileError) -> Value) throws -> Value {
    do {
        return try body()
    } catch {
        throw FileStoreError(.unreadable, path, "\(error)")
    }
}

/// A reader of a snapshot in pieces, which computes the identity of the snapshot.
private final class SnapshotReader {
    private let file: ReadableFile
    private var offset = 0
    private var checksum = CRC32C()
    private static let piece = 1 << 20

    init(_ file: ReadableFile) {
        self.file = file
    }

    /// The identity of the bytes that were read.
    var identity: SnapshotIdentity {
        SnapshotIdentity(length: Int64(offset), checksum: checksum.value)
    }

    func read() throws(FileError) -> ByteBuffer? {
        let count = min(Self.piece, file.length - offset)
        guard count > 0 else { return nil }
        let bytes = try file.read(at: offset, count: count)
        checksum.update(bytes)
        offset += count
        return bytes
    }
}
