import JSON
import NIOCore

/// The end of the journal that is written to. Everything blocks.
///
/// The journal is a row of files, its segments, numbered by generation. After a failure a segment is
/// not written to again; the next one says how much of it counts.
struct JournalWriter: ~Copyable {
    struct Segment: Sendable, Equatable {
        var generation: Int64
        /// How many bytes of it count.
        var length: Int
        /// Whether it says anything about jobs.
        var hasChanges = false
    }

    private let names: FileNames
    private let files: FileCalls
    /// From the first that the snapshot needs to the one that is written to.
    private(set) var segments: [Segment]
    /// Nil: the next entry begins a new segment.
    private var file: Int32?

    init(_ names: FileNames, _ files: FileCalls, segments: [Segment]) {
        self.names = names
        self.files = files
        self.segments = segments
    }

    deinit {
        if let file { files.close(file) }
    }

    /// An entry could not be written, and nothing of it counts.
    struct Failure: Error {
        var cause: FileError
        /// Whether what the system says of the file's contents may differ from what is on the disk.
        var leavesDoubt: Bool
    }

    var length: Int { segments.reduce(0) { $0 + $1.length } }
    var hasChanges: Bool { segments.contains { $0.hasChanges } }
    var generation: Int64 { segments.last?.generation ?? 0 }

    /// Sees to it that what comes next stands in a segment in which nothing is said of jobs so far.
    /// - Returns: its generation.
    mutating func beginSegmentIfUsed() throws(FileError) -> Int64 {
        if file == nil || segments.last?.hasChanges != false { try beginSegment() }
        return generation
    }

    /// Writes an entry and returns when it is on the disk.
    mutating func append(_ payload: ByteBuffer, hasChanges: Bool) throws(Failure) {
        do {
            if file == nil { try beginSegment() }
        } catch {
            throw Failure(cause: error, leavesDoubt: false)
        }
        guard let file else { return }
        let last = segments.count - 1
        do {
            let header = JournalEntry.header(of: payload)
            try write(header, payload, to: file)
            segments[last].length += header.readableBytes + payload.readableBytes
            segments[last].hasChanges = segments[last].hasChanges || hasChanges
        } catch {
            // Makes room, and spares the reader what does not count; the next segment says so anyway.
            try? files.truncate(file, segments[last].length)
            close()
            throw Failure(cause: error, leavesDoubt: error.isOfSynchronization)
        }
    }

    /// Goes on in a new segment; where that fails, the old one is still in use.
    /// - Parameter snapshot: what to say of the snapshot, nil inside if there is none.
    mutating func beginSegment(snapshot: SnapshotIdentity?? = nil) throws(FileError) {
        let generation = generation + 1
        var writer = JSONWriter(capacity: 256)
        writer.beginArray()
        writer.record(
            .head(
                SegmentHead(
                    generation: generation, previousLength: Int64(segments.last?.length ?? 0))))
        if let snapshot { writer.record(.snapshot(snapshot)) }
        writer.endArray()
        let header = JournalEntry.header(of: writer.buffer)

        let new = try files.create(names.newSegment, names.snapshot)
        do {
            try write(header, writer.buffer, to: new)
            try files.rename(names.newSegment, names.segment(generation))
            try files.synchronizeDirectory(names.directory)
        } catch {
            files.close(new)
            // One that is left over says nothing, and the next attempt takes its place.
            try? files.remove(names.newSegment)
            throw error
        }
        close()
        file = new
        segments.append(
            Segment(
                generation: generation, length: header.readableBytes + writer.buffer.readableBytes))
    }

    /// Removes the segments that the snapshot has made superfluous. One that cannot be removed now
    /// stays, with those behind it: read again, it changes nothing.
    mutating func removeSegments(before generation: Int64 = .max) {
        while let first = segments.first, first.generation < generation {
            do { try files.remove(names.segment(first.generation)) } catch { return }
            segments.removeFirst()
        }
    }

    mutating func close() {
        if let file { files.close(file) }
        file = nil
    }

    private func write(_ header: ByteBuffer, _ payload: ByteBuffer, to file: Int32)
        throws(FileError)
    {
        try files.writeAll(header, to: file)
        try files.writeAll(payload, to: file)
        try files.synchronize(file)
    }
}
