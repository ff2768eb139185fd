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

    @Test("a call that has waited its whole time in vain spares others the wait, for a second")
    func closing() {
        gate.report(away, began: start, ended: start + .seconds(15))

        #expect(gate.refusal(at: start + .seconds(15.5))?.message == "away")
        #expect(isRefused(after: .seconds(15.9)))
        #expect(!isRefused(after: .seconds(16)))
    }

    @Test("then one call looks, and the others go on to fail until it is back")
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
        "nothing else keeps calls from waiting for a server",
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
        "a server that answers with an error is there",
        arguments: [MongoError.Kind.other, .notPrimary])
    func answer(kind: MongoError.Kind) {
        gate.report(away, began: start, ended: start + .seconds(15))
        #expect(!isRefused(after: .seconds(16)))

        gate.report(
            MongoError(kind, message: ""), began: start + .seconds(16), ended: start + .seconds(17))

        #expect(!isRefused(after: .seconds(17)))
        #expect(!isRefused(after: .seconds(17)))
    }

    @Test("behind a server that is away, calls do not each wait for it")
    func client() async throws {
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=2000"
        let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        let ping = BSONDocument { $0.append("ping", 1) }

        // If each waited, these would take longer than the test may.
        for _ in 0..<100 {
            let error = await #expect(throws: MongoError.self) {
                try await client.run(ping, on: "jobs_tests", as: .plain)
            }
            #expect(error?.kind == .unreachable)
        }
        await client.shutdown()
    }

    @Test("a shutdown does not wait for a server that is away")
    func shutdown() async throws {
        // Longer than the test may take.
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=90000"
        let client = try MongoClient(uri: MongoURI(uri), appName: "jobs-tests")
        Task {
            let ping = BSONDocument { $0.append("ping", 1) }
            _ = try await client.run(ping, on: "jobs_tests", as: .plain)
        }
        // A thread counts as in use once it is started; its call is still refused until it takes it.
        while client.poolUse.inUse == 0 || client.poolUse.waiting > 0 {
            try await Task.sleep(for: .milliseconds(1))
        }

        await client.shutdown()

        #expect(client.poolUse.inUse == 1)
    }

    @Test("a call that got no connection is told whether servers reply at all")
    func waitingInVain() {
        gate.open(at: start)

        #expect(gate.reasonForWait(of: .seconds(5), at: start + .seconds(4)) == .overloaded)
        #expect(gate.reasonForWait(of: .seconds(5), at: start + .seconds(5)) == .unreachable)
    }
}
