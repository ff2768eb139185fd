import BSON
import Testing

@testable import Mongo

/// Classification of replies, without a server.
@Suite struct MongoErrorTests {
    @Test("a reply without errors is not an error")
    func success() {
        let reply = BSONDocument {
            $0.append("n", Int32(0))
            $0.append("ok", 1.0)
        }

        #expect(MongoError(reply: reply, sentAs: .write) == nil)
    }

    @Test(
        "an error is classified by its code",
        arguments: [
            (10107, .retryableWrite, .notPrimary), (13435, .read, .notPrimary),
            (189, .read, .notPrimary), (189, .retryableWrite, .unknownOutcome),
            (11602, .write, .unknownOutcome), (11600, .plain, .notPrimary),
            (50, .read, .timedOut), (50, .write, .unknownOutcome),
            (64, .write, .unknownOutcome), (89, .write, .unknownOutcome), (6, .read, .unreachable),
            (13, .read, .notAuthenticated), (18, .plain, .notAuthenticated),
            (121, .write, .refused), (10334, .retryableWrite, .refused), (15, .write, .refused),
            (112, .read, .unreachable), (112, .write, .unknownOutcome),
            (14031, .retryableWrite, .unknownOutcome), (59, .plain, .other), (0, .read, .other),
        ] as [(Int, MongoCommandKind, MongoError.Kind)])
    func refusal(code: Int, sentAs kind: MongoCommandKind, expected: MongoError.Kind) throws {
        let reply = BSONDocument {
            $0.append("ok", 0.0)
            $0.append("code", Int32(code))
            $0.append("errmsg", "no")
            $0.array("errorLabels") { $0.append("Label") }
        }

        let error = try #require(MongoError(reply: reply, sentAs: kind))

        #expect(error.kind == expected)
        #expect(error.code == code && error.message == "no" && error.labels == ["Label"])
        #expect(error.reply == reply)
    }

    @Test("an interrupted write labelled NoWritesPerformed did nothing")
    func noWritesPerformed() throws {
        let reply = BSONDocument {
            $0.append("ok", 0.0)
            $0.append("code", Int32(11602))
            $0.array("errorLabels") { $0.append("NoWritesPerformed") }
        }

        #expect(MongoError(reply: reply, sentAs: .retryableWrite)?.kind == .notPrimary)
    }

    @Test("a write error in a successful reply is an error, and names the failed statement")
    func writeErrors() throws {
        let reply = BSONDocument {
            $0.append("n", Int32(1))
            $0.array("writeErrors") {
                $0.document {
                    $0.append("index", Int32(1))
                    $0.append("code", Int32(11000))
                    $0.document("keyPattern") { $0.append("type", Int32(1)) }
                    $0.append(
                        "errmsg",
                        "E11000 duplicate key error collection: a.b index: type_1 dup key: {}")
                }
                $0.document {
                    $0.append("index", Int32(3))
                    $0.append("code", Int32(121))
                }
            }
            $0.append("ok", 1.0)
        }

        let error = try #require(MongoError(reply: reply, sentAs: .write))

        let duplicate = MongoError.Kind.duplicateKey(.init(index: "type_1", fields: ["type"]))
        #expect(error.kind == duplicate)
        #expect(error.writeErrors.map(\.index) == [1, 3])
        #expect(error.writeErrors.map(\.kind) == [duplicate, .refused])
    }

    @Test("a write whose concern was not met has an unknown outcome")
    func writeConcernError() throws {
        let reply = BSONDocument {
            $0.append("n", Int32(1))
            $0.document("writeConcernError") {
                $0.append("code", Int32(100))
                $0.append("errmsg", "Not enough data-bearing nodes")
            }
            $0.append("ok", 1.0)
        }

        let error = try #require(MongoError(reply: reply, sentAs: .retryableWrite))

        #expect(error.kind == .unknownOutcome)
        #expect(error.code == 100 && error.message == "Not enough data-bearing nodes")
    }
}
