import JSON
import JobsMemory
import NIOCore
import SystemPackage

import struct SystemPackage.FileDescriptor

/// The writer of the journal. All its methods block.
///
/// The journal is a sequence of files, its segments, numbered by generation. After a failure the
/// writer does not write to a segment again; the head of the next one holds how many of its bytes
/// are valid.
struct JournalWriter: ~Copyable {
    struct Segment: Sendable, Equatable {
        var generation: Int64
        /// The number of valid bytes.
        var length: Int
        /// Whether the segment has records of jobs.
        var hasChanges = false
    }

    private let names: FileNames
    private let files: FileCalls
    /// The segments, from the first one after the snapshot to the one that is written to.
    private(set) var segments: [Segment]
    /// The file of the last segment; `nil` if the next entry begins a new segment.
    private var file: FileDescriptor?

    init(_ names: FileNames, _ files: FileCalls, segments: [Segment]) {
        self.names = names
        self.files = files
        self.segments = segments
    }

    deinit {
        if let file { files.close(file) }
    }

    /// The error if an entry could not be written. No part of the entry is valid.
    struct Failure: Error {
        var cause: FileError
        /// Whether the content of the file that the system shows may differ from that on the disk.
        var leavesDoubt: Bool
    }

    var length: Int { segments.reduce(0) { $0 + $1.length } }
    var hasChanges: Bool { segments.contains { $0.hasChanges } }
    var generation: Int64 { segments.last?.generation ?? 0 }

    /// Begins a new segment unless the current one has no records of jobs.
    ///
    /// - Returns: The generation of the segment.
    mutating func beginSegmentIfUsed() throws(FileError) -> Int64 {
        if file == nil || segments.last?.hasChanges != false { try beginSegment() }
        return generation
    }

    /// Writes an entry and synchronizes it to the disk.
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
            // Frees space. The head of the next segment marks these bytes as invalid in any case.
            try? files.truncate(file, segments[last].length)
            close()
            throw Failure(cause: error, leavesDoubt: error.isOfSynchronization)
        }
    }

    /// Begins a new segment. If this fails, the old one stays in use.
    ///
    /// - Parameters:
    ///   - snapshot: The snapshot to record, with an inner `nil` if there is no snapshot; `nil` to
    ///     record nothing.
    ///   - records: The records beside the jobs to write again.
    mutating func beginSegment(snapshot: SnapshotIdentity?? = nil, records: [StoredRecord] = [])
        throws(FileError)
    {
        let generation = generation + 1
        var writer = JSONWriter(capacity: 256)
        writer.beginArray()
        writer.record(
            .head(
                SegmentHead(
                    generation: generation, previousLength: Int64(segments.last?.length ?? 0))))
        if let snapshot { writer.record(.snapshot(snapshot)) }
        for stored in records { writer.record(.record(stored)) }
        writer.endArray()
        let header = JournalEntry.header(of: writer.buffer)

        let new = try files.create(names.newSegment, names.snapshot)
        do {
            try write(header, writer.buffer, to: new)
            try files.rename(names.newSegment, names.segment(generation))
            try files.synchronizeDirectory(names.directory)
        } catch {
            files.close(new)
            // A file that is left over is not read, and the next attempt replaces it.
            try? files.remove(names.newSegment)
            throw error
        }
        close()
        file = new
        segments.append(
            Segment(
                generation: generation, length: header.readableBytes + writer.buffer.readableBytes))
    }

    /// Removes the segments that the snapshot contains. If one cannot be removed, it stays together
    /// with the later ones; reading it again has no effect.
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

    private func write(_ header: ByteBuffer, _ payload: ByteBuffer, to file: FileDescriptor)
        throws(FileError)
    {
        try files.writeAll(header, to: file)
        try files.writeAll(payload, to: file)
        try files.synchronize(file)
    }
}
