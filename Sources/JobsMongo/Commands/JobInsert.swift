import BSON
import JSON
import Jobs

/// One command that inserts the documents of new jobs.
///
/// The documents are written in place, so that `params` are not copied after their conversion to
/// BSON.
struct JobInsert: Sendable {
    let command: BSONDocument
    /// The index of the job of each document among the jobs of the call.
    let indices: [Int]
    /// The index of the first job that no longer fitted into the command; the number of jobs if all
    /// did.
    let end: Int
    /// The jobs that are too large for a document, by their index.
    let refusals: [Int: JobsError]

    fileprivate enum Obstacle: Error {
        case commandIsFull
        case refusal(JobsError)
    }

    /// Creates a command for as many jobs as fit into it.
    ///
    /// - Parameters:
    ///   - jobs: The jobs of the call.
    ///   - start: The index of the first one to insert.
    init(_ jobs: [Job], from start: Int = 0, into collection: String) {
        var indices: [Int] = []
        var refusals: [Int: JobsError] = [:]
        var end = start
        let bytes = jobs[start...].reduce(256) { $0 + JobDocument.capacity(for: $1) }
        command = Self.command(min(bytes, JobDocument.maximumBytes), collection) { documents in
            while end < jobs.count {
                do throws(Obstacle) {
                    try documents.append(jobs[end], isFirst: indices.isEmpty)
                    indices.append(end)
                } catch {
                    guard case .refusal(let error) = error else { break }
                    refusals[end] = error
                }
                end += 1
            }
        }
        self.indices = indices
        self.end = end
        self.refusals = refusals
    }

    /// Returns two inserts of the same documents, for one that the server has refused as a whole.
    func halves(into collection: String) -> (JobInsert, JobInsert) {
        let documents = command["documents"]?.array?.compactMap(\.document) ?? []
        let middle = indices.count / 2
        return (
            JobInsert(documents[..<middle], Array(indices[..<middle]), into: collection),
            JobInsert(documents[middle...], Array(indices[middle...]), into: collection)
        )
    }

    private init(_ documents: ArraySlice<BSONDocument>, _ indices: [Int], into collection: String) {
        self.indices = indices
        end = indices.last.map { $0 + 1 } ?? 0
        refusals = [:]
        let bytes = documents.reduce(256) { $0 + $1.bytes.count + 8 }
        command = Self.command(bytes, collection) { array in
            for document in documents { array.append(document) }
        }
    }

    private static func command(
        _ capacity: Int, _ collection: String, documents: (inout BSONArrayBuilder) -> Void
    ) -> BSONDocument {
        BSONDocument(capacity: capacity) { command in
            command.append("insert", collection)
            command.array("documents", documents)
            command.append("ordered", false)
        }
    }
}

extension BSONArrayBuilder {
    fileprivate mutating func append(
        _ job: Job, isFirst: Bool
    ) throws(JobInsert.Obstacle) {
        // Nearly always the size in BSON is similar. A job that fits into no document is refused.
        let params = job.params?.bytes.count ?? 0
        if !isFirst, params < JobDocument.maximumBytes,
            byteCount + params > JobDocument.maximumBytes
        {
            throw .commandIsFull
        }
        try attempt { array throws(JobInsert.Obstacle) in
            do throws(JobsError) {
                try array.document { document throws(JobsError) in
                    try document.append(new: job)
                }
            } catch {
                throw .refusal(error)
            }
            if !isFirst, array.byteCount > JobDocument.maximumBytes { throw .commandIsFull }
        }
    }
}
