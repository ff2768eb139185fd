import JSON
import JobsMemory
import NIOCore

/// Writes a snapshot aside: an array of jobs, as every version of the service reads it.
struct SnapshotWriter {
    private let names: FileNames
    private let files: FileCalls
    private let file: Int32
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

    /// Ends the file, and returns when it is on the disk.
    mutating func finish() throws(FileError) -> SnapshotIdentity {
        writer.endArray()
        try flush()
        try files.synchronize(file)
        return SnapshotIdentity(length: length, checksum: checksum.value)
    }

    /// Puts the file in the place of the snapshot that was.
    func publish() throws(FileError) {
        try files.rename(names.newSnapshot, names.snapshot)
        try files.synchronizeDirectory(names.directory)
        files.close(file)
    }

    /// Gives it up, and the room that it takes.
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
