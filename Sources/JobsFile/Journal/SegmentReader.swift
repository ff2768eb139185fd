import JSON
import NIOCore

/// Reads one file of the journal.
struct SegmentReader {
    let head: SegmentHead
    /// Behind the last entry that was read.
    private(set) var offset = 0
    /// How many bytes at the end are of an entry that was never completed.
    private(set) var tornBytes = 0
    private let path: String
    private let file: ReadableFile
    private var length: Int
    /// Only the last segment may end in an entry that was not completed.
    private var mayBeTorn = true

    /// - Throws: ``FileStoreError``
    init(_ path: String, generation: Int64) throws {
        self.path = path
        guard let file = try reading(path, { () throws(FileError) in try ReadableFile.open(path) })
        else { throw FileStoreError(.unreadable, path, "has gone") }
        self.file = file
        length = file.length
        // A segment gets its name when its head is on the disk, so that there is no excuse for it.
        let start = try reading(path) { () throws(FileError) in
            try JournalEntry.read(file, at: 0, length: file.length)
        }
        guard case .entry(let payload) = start,
            case .head(let head) = try? Self.records(payload).root.elements.first
                .map(JournalRecord.init)
        else { throw FileStoreError(.unreadable, path, "has no head that this version knows") }
        guard head.generation == generation else {
            throw FileStoreError(.unreadable, path, "was number \(head.generation)")
        }
        self.head = head
    }

    /// Leaves out what the next segment says does not count.
    mutating func limit(to length: Int) throws {
        guard 0...file.length ~= length else {
            throw FileStoreError(
                .unreadable, path, "has lost its end: it had \(length) bytes, not \(file.length)")
        }
        self.length = length
        mayBeTorn = false
    }

    /// The records of the next entry; nil behind the last one.
    mutating func next() throws -> JSONOutline? {
        let entry = try reading(path) { () throws(FileError) in
            try JournalEntry.read(file, at: offset, length: length)
        }
        switch entry {
        case .entry(let payload):
            do {
                let records = try Self.records(payload)
                offset += JournalEntry.headerLength + payload.readableBytes
                return records
            } catch {
                throw unreadable("the records of the entry are no JSON: \(error)")
            }
        case .torn where mayBeTorn:
            tornBytes = length - offset
            return nil
        case .torn, .damaged: throw unreadable("the entry is damaged")
        case .end: return nil
        }
    }

    func unreadable(_ message: String) -> FileStoreError {
        FileStoreError(.unreadable, path, "at byte \(offset): \(message)")
    }

    /// The array, the record and the job's object lie around the job's params.
    private static func records(_ payload: ByteBuffer) throws(JSONError) -> JSONOutline {
        try JSONOutline(
            payload, recordedDepth: 3, maximumDepth: JSONOutline.maximumDepth + 3)
    }
}
