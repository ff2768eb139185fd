import Foundation
import Testing

@testable import JobsFile

@Suite("One process at a time")
struct LockFileTests {
    @Test("the error of a second start names the process that uses the files")
    func secondStart() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            let holder = "process \(ProcessInfo.processInfo.processIdentifier) on "

            await #expect {
                try await open(path)
            } throws: { error in
                let error = error as? FileStoreError
                return error?.kind == .inUse
                    && error?.message.hasPrefix("is in use by \(holder)") == true
            }

            try await store.add()
            await store.close()
            let next = try await open(path)
            #expect(next.everything.count == 1)
            await next.close()
        }
    }

    @Test("a leftover lock file does not block a start")
    func leftBehind() async throws {
        try await withDirectory { path in
            try Data("process 1 on nowhere".utf8).write(to: URL(filePath: path + ".lock"))

            let store = try await open(path)
            await store.close()
        }
    }

    @Test("changes are refused once the store is closed")
    func closed() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            await store.close()

            await #expect(throws: (any Error).self) { try await store.add() }
        }
    }
}
