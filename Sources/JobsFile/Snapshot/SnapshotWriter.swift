import JSON
import JobsMemory
import NIOCore
import SystemPackage

import struct SystemPackage.FileDescriptor

/// A writer of a new snapshot: a JSON array of jobs that every version of the service can read.
struct SnapshotWriter {
    private let names: FileNames
    private let files: FileCalls
    private let file: FileDescriptor
    private var writer = JSONWriter(capacity: 1 << 16)
    private var checksum = CRC32C()
    private var length: Int64 = 0

    init(_ names: FileNames, _ files: FileCalls) throws(FileError) {
        self.names = names
        self.files = files
        file = try files.create(names.newSnapshot, names.snapshot)
        writer.beginArray()
    }

    mutating func append(_ jobs: [StoredJob]) throws(FileError) {
        for job in jobs { writer.stored(job) }
        try flush()
    }

    /// Completes the file and synchronizes it to the disk.
    mutating func finish() throws(FileError) -> SnapshotIdentity {
        writer.endArray()
        try flush()
        try files.synchronize(file)
        return SnapshotIdentity(length: length, checksum: checksum.value)
    }

    /// Replaces the previous snapshot with the file.
    func publish() throws(FileError) {
        try files.rename(names.newSnapshot, names.snapshot)
        try files.synchronizeDirectory(names.directory)
        files.close(file)
    }

    /// Discards the file and frees its space.
    func abandon() {
        files.close(file)
        try? files.remove(names.newSnapshot)
    }

    private mutating func flush() throws(FileError) {
        let bytes = writer.takeBuffer()
        checksum.update(bytes)
        length += Int64(bytes.readableBytes)
        try files.writeAll(bytes, to: file)
    }
}
