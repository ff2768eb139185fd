import BSON
import JSON
import Jobs

extension JobID {
    /// The `_id` of the job's document, for a query.
    ///
    /// An `_id` is a string. A document that was inserted by hand has an object id, which is
    /// written as its 24 hex digits.
    var bson: BSONLiteral {
        let values = bsons
        return values.count == 1 ? values[0] : ["$in": .array(values)]
    }

    /// All possible values of the `_id` of the job's document.
    var bsons: [BSONLiteral] {
        let text = description
        guard let objectID else { return [.string(text)] }
        return [.string(text), .value(objectID)]
    }

    /// The object id with the digits of this id; `nil` if the id is not 24 hex digits.
    var objectID: BSONObjectID? { BSONObjectID(hexDigits: description) }
}

extension BSONValue {
    /// The id of the job with this `_id`.
    var jobID: JobID {
        JobID(string ?? objectID.map { $0.bytes.hexDigits } ?? "")
    }
}

extension BSONObjectID {
    fileprivate init?(hexDigits text: String) {
        guard text.utf8.count == 24, let bytes = [UInt8](hexDigits: text), bytes.hexDigits == text
        else { return nil }
        self.init(bytes)
    }
}
