import BSON
import Testing

@testable import Mongo

@Suite("Reachability", .timeLimit(.minutes(1)))
struct ReachabilityTests {
    private let start = ContinuousClock.now
    private let gate = Reachability(selectionTimeout: .seconds(15))
    private let away = MongoError(.unreachable, message: "away")

    private func isRefused(after duration: Duration) -> Bool {
        do {
            try gate.admit(at: start + duration)
            return false
        } catch {
            return true
        }
    }

    @Test("after a call has timed out without a server, others fail at once for a second")
    func closing() {
        gate.report(away, began: start, ended: start + .seconds(15))

        #expect(gate.refusal(at: start + .seconds(15.5))?.message == "away")
        #expect(isRefused(after: .seconds(15.9)))
        #expect(!isRefused(after: .seconds(16)))
    }

    @Test("then one call probes, and the others fail until it returns")
    func probing() {
        gate.report(away, began: start, ended: start + .seconds(15))

        #expect(gate.refusal(at: start + .seconds(17)) == nil)
        #expect(!isRefused(after: .seconds(17)))
        #expect(isRefused(after: .seconds(17)))
        #expect(isRefused(after: .seconds(25)))
        gate.report(away, began: start + .seconds(17), ended: start + .seconds(32))
        #expect(isRefused(after: .seconds(32.5)))
        #expect(!isRefused(after: .seconds(33)))
        gate.open()
        #expect(!isRefused(after: .seconds(33)))
        #expect(!isRefused(after: .seconds(33)))
    }

    @Test(
        "no other failure makes calls fail at once",
        arguments: [
            (MongoError.Kind.unreachable, 14.5), (.notPrimary, 15), (.unknownOutcome, 60),
            (.other, 15),
        ])
    func election(kind: MongoError.Kind, seconds: Double) {
        gate.report(
            MongoError(kind, message: ""), began: start, ended: start + .seconds(seconds))

        #expect(!isRefused(after: .seconds(seconds)))
    }

    @Test(
        "a server that replies with an error is reachable",
        arguments: [MongoError.Kind.other, .notPrimary])
    func answer(kind: MongoError.Kind) {
        gate.report(away, began: start, ended: start + .seconds(15))
        #expect(!isRefused(after: .seconds(16)))

        gate.report(
            MongoError(kind, message: ""), began: start + .seconds(16), ended: start + .seconds(17))

        #expect(!isRefused(after: .seconds(17)))
        #expect(!isRefused(after: .seconds(17)))
    }

    @Test("not every call waits for an unreachable server")
    func client() async throws {
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=2000"
        let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        let ping = BSONDocument { $0.append("ping", 1) }

        // If each waited, these would exceed the time limit of the test.
        for _ in 0..<100 {
            let error = await #expect(throws: MongoError.self) {
                try await client.run(ping, on: "jobs_tests", as: .plain)
            }
            #expect(error?.kind == .unreachable)
        }
        await client.shutdown()
    }

    @Test("a shutdown does not wait for an unreachable server")
    func shutdown() async throws {
        // Longer than the time limit of the test.
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=90000"
        let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        Task {
            let ping = BSONDocument { $0.append("ping", 1) }
            _ = try await client.run(ping, on: "jobs_tests", as: .plain)
        }
        // A started thread counts as in use, but its call is refused until the thread takes it.
        while client.poolUse.inUse == 0 || client.poolUse.waiting > 0 {
            try await Task.sleep(for: .milliseconds(1))
        }

        await client.shutdown()

        #expect(client.poolUse.inUse == 1)
    }

    @Test("the error of a call without a connection says whether servers reply")
    func waitingInVain() {
        gate.open(at: start)

        #expect(gate.reasonForWait(of: .seconds(5), at: start + .seconds(4)) == .overloaded)
        #expect(gate.reasonForWait(of: .seconds(5), at: start + .seconds(5)) == .unreachable)
    }
}
