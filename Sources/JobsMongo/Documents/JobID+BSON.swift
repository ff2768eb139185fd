import BSON
import JSON
import Jobs

extension JobID {
    /// What the `_id` of the job's document is, for a query.
    ///
    /// Ids are strings, except that who inserts a job by hand gets an object id, and reads and says
    /// it as its 24 hex digits.
    var bson: BSONLiteral {
        let values = bsons
        return values.count == 1 ? values[0] : ["$in": .array(values)]
    }

    /// All that the `_id` of the job's document may be.
    var bsons: [BSONLiteral] {
        let text = description
        guard let objectID else { return [.string(text)] }
        return [.string(text), .value(objectID)]
    }

    /// The object id that is read as this id.
    var objectID: BSONObjectID? { BSONObjectID(hexDigits: description) }
}

extension BSONValue {
    /// The id of the job whose document has this `_id`.
    var jobID: JobID {
        JobID(string ?? objectID.map { $0.bytes[...].hexDigits } ?? "")
    }
}

extension BSONObjectID {
    fileprivate init?(hexDigits text: String) {
        guard text.utf8.count == 24 else { return nil }
        let digits = text.utf8.compactMap { digit in
            (0..<16).first { UInt8.lowerHexDigit($0) == digit }
        }
        guard digits.count == 24 else { return nil }
        self.init(stride(from: 0, to: 24, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }
}
