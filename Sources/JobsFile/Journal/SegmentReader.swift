import JSON
import NIOCore

/// A reader of one segment of the journal.
struct SegmentReader {
    let head: SegmentHead
    /// The offset after the last entry that was read.
    private(set) var offset = 0
    /// The number of bytes at the end that belong to an incomplete entry.
    private(set) var tornBytes = 0
    private let path: String
    private let file: ReadableFile
    private var length: Int
    /// Whether an incomplete entry at the end is allowed, which is so for the last segment only.
    private var mayBeTorn = true

    /// - Throws: ``FileStoreError``
    init(_ path: String, generation: Int64) throws {
        self.path = path
        guard let file = try reading(path, { () throws(FileError) in try ReadableFile.open(path) })
        else { throw FileStoreError(.unreadable, path, "has gone") }
        self.file = file
        length = file.length
        // A segment gets its name after its head is on the disk, so an incomplete head is an error.
        let start = try reading(path) { () throws(FileError) in
            try JournalEntry.read(file, at: 0, length: file.length)
        }
        guard case .entry(let payload) = start,
            case .head(let head) = try? Self.records(payload).root.elements.first
                .map(JournalRecord.init)
        else { throw FileStoreError(.unreadable, path, "has no head that this version can read") }
        guard head.generation == generation else {
            throw FileStoreError(.unreadable, path, "was number \(head.generation)")
        }
        self.head = head
    }

    /// Limits the segment to the bytes that are valid according to the next segment.
    mutating func limit(to length: Int) throws {
        guard 0...file.length ~= length else {
            throw FileStoreError(
                .unreadable, path, "has lost its end: it had \(length) bytes, not \(file.length)")
        }
        self.length = length
        mayBeTorn = false
    }

    /// Returns the records of the next entry; `nil` after the last one.
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
                throw unreadable("the records of the entry are not valid JSON: \(error)")
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

    /// Parses the records. The array, the record and the job are nested around the params of the
    /// job.
    private static func records(_ payload: ByteBuffer) throws(JSONError) -> JSONOutline {
        try JSONOutline(
            payload, recordedDepth: 3,
            maximumDepth: JSONOutline.maximumDepth + JSONOutline.enclosingDepth)
    }
}
