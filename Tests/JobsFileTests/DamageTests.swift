import Foundation
import Jobs
import JobsMemory
import SystemPackage
import Testing

@testable import JobsFile

@Suite("Damaged files")
struct DamageTests {
    /// Lends the files of a store after a crash, and the jobs of the store after each change.
    private func withJournal(
        _ body: (
            _ directory: [String: Data], _ states: [[StoredJob]], _ ends: [Int]
        ) async throws -> Void
    ) async throws {
        try await withDirectory { path in
            let store = try await open(path)
            var states = [store.everything]
            var ends = [try #require(try files(beside: path)["jobs.json.journal.1"]).count]
            for number in 0..<4 {
                try await store.add(NewJob(type: "mail", refID: "\(number)"))
                if number == 2 { _ = try await store.claim() }
                states.append(store.everything)
                ends.append(try #require(try files(beside: path)["jobs.json.journal.1"]).count)
            }
            try await body(try files(beside: path), states, ends)
            await store.close()
        }
    }

    private func expectRefusal(
        _ directory: [String: Data], _ file: String, _ message: String,
        _ location: SourceLocation = #_sourceLocation
    ) async throws {
        try await withDirectory { path in
            try write(directory, beside: path)
            let expected = FileStoreError(
                .unreadable, path.replacing("jobs.json", with: file),
                message.replacing("DIRECTORY", with: FileNames(path).directory))
            await #expect(throws: expected, sourceLocation: location) { try await open(path) }

            var after = try files(beside: path)
            #expect(after.removeValue(forKey: "jobs.json.lock") != nil)
            var before = directory
            before["jobs.json.lock"] = nil
            #expect(after == before, sourceLocation: location)
        }
    }

    @Test("an incomplete last entry of any length is ignored")
    func cutShort() async throws {
        try await withJournal { directory, states, ends in
            for length in ends[0]...ends[4] {
                var torn = directory
                torn["jobs.json.journal.1"] = directory["jobs.json.journal.1"]?.prefix(length)
                let whole = try #require(ends.lastIndex { $0 <= length })
                // Between the two entries of one step, half of the step is visible.
                if whole == 2, length > ends[2] { continue }
                let again = try await recovered(torn)
                #expect(again.everything == states[whole])
                #expect(again.tornBytes == length - ends[whole])
            }
        }
    }

    @Test("a store continues after an incomplete entry")
    func goingOn() async throws {
        try await withJournal { directory, states, ends in
            var torn = directory
            torn["jobs.json.journal.1"] = directory["jobs.json.journal.1"]?.prefix(ends[4] - 1)
            try await opened(torn) { store in
                #expect(store.everything == states[3])
                try await store.add()
                try await afterCrash(store) { #expect($0.everything == store.everything) }
            }
        }
    }

    @Test("blocks of zeros at the end, after a power failure, are ignored")
    func zeros() async throws {
        try await withJournal { directory, states, ends in
            var torn = directory
            for keep in [ends[4], ends[3] + 5] {
                torn["jobs.json.journal.1"] = directory["jobs.json.journal.1"].map {
                    $0.prefix(keep) + Data(count: 5000)
                }
                try await opened(torn) { store in
                    #expect(store.everything == states[keep == ends[4] ? 4 : 3])
                }
            }
        }
    }

    @Test("a changed byte before the last entry stops the start, and the files are unchanged")
    func changedByte() async throws {
        try await withJournal { directory, _, ends in
            let journal = try #require(directory["jobs.json.journal.1"])
            let starts = [0] + ends
            for offset in 0..<ends[3] {
                var damaged = directory
                damaged["jobs.json.journal.1"]?[offset] ^= 0x20
                let entry = try #require(starts.last { $0 <= offset })
                // The step in the middle has two entries.
                let second = ends[2] + entryLength(journal, at: ends[2])
                let start = entry == ends[2] && offset >= second ? second : entry
                let message =
                    start == 0
                    ? "has no head that this version can read"
                    : "at byte \(start): the entry is damaged"
                await #expect {
                    _ = try await recovered(damaged)
                } throws: { error in
                    let error = error as? FileStoreError
                    return error?.kind == .unreadable && error?.message == message
                        && error?.file.hasSuffix("/jobs.json.journal.1") == true
                }
            }
            var damaged = directory
            damaged["jobs.json.journal.1"]?[ends[1] + 30] ^= 1
            try await expectRefusal(
                damaged, "jobs.json.journal.1", "at byte \(ends[1]): the entry is damaged")
        }
    }

    private func entryLength(_ journal: Data, at offset: Int) -> Int {
        JournalEntry.headerLength
            + (0..<4).reduce(0) { $0 + Int(journal[offset + 4 + $1]) << (8 * $1) }
    }

    @Test("a missing or wrong segment or snapshot stops the start")
    func missingFiles() async throws {
        try await withDirectory { path in
            let limits = FileJobsPersistence.Limits(journalLength: .max)
            let first = try await open(path, limits: limits)
            try await first.add()
            await first.close()
            let second = try await open(path, limits: limits)
            try await second.add()
            let crashed = try files(beside: path)
            try await opened(crashed, limits: limits) { third in
                try await third.add()
                let twice = try files(beside: third.names.snapshot)

                var altered = twice
                altered["jobs.json.journal.1"] = nil
                try await expectRefusal(altered, "jobs.json", mismatch(2))
                altered = twice
                altered["jobs.json.journal.1"]?.removeLast(3)
                let length = try #require(twice["jobs.json.journal.1"]).count
                try await expectRefusal(
                    altered, "jobs.json.journal.1",
                    "has lost its end: it had \(length) bytes, not \(length - 3)")
                altered = twice
                altered["jobs.json.journal.3"] = altered["jobs.json.journal.2"]
                altered["jobs.json.journal.2"] = nil
                try await expectRefusal(altered, "jobs.json.journal.3", "was number 2")
            }
            var altered = crashed
            altered["jobs.json"] = nil
            try await expectRefusal(altered, "jobs.json", mismatch(1))
            altered["jobs.json"] = Data("[]".utf8)
            try await expectRefusal(altered, "jobs.json", mismatch(1))
            await second.close()
        }
    }

    private func mismatch(_ generation: Int) -> String {
        "is not the file that DIRECTORY/jobs.json.journal.\(generation) belongs to: "
            + "restore the right file, or move the journal away to start without it"
    }

    @Test("a journal without changes accepts any snapshot")
    func otherSnapshot() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            var crashed = try files(beside: path)
            await store.close()
            crashed["jobs.json"] = Data(
                #"[{"id":"1","type":"t","ref_id":"r","created":"2026-11-24T02:05:04Z"}]"#.utf8)

            try await opened(crashed) { store in
                #expect(store.everything.count == 1)
                try await store.add()
                try await afterCrash(store) { #expect($0.everything == store.everything) }
            }
        }
    }

    @Test("the error of an unreadable file names it")
    func unreadable() async throws {
        try await withDirectory { path in
            let segment = path + ".journal.1"
            try FileManager.default.createDirectory(
                atPath: segment, withIntermediateDirectories: false)

            await #expect(
                throws: FileStoreError(.unreadable, segment, "cannot read: Is a directory")
            ) { try await open(path) }
        }
    }

    @Test("the error of an unwritable directory names the file")
    func unwritable() async throws {
        try await withDirectory { path in
            let faults = Faults()
            faults.fail(.create, .readOnlyFileSystem) { $0.isJournal }

            await #expect(
                throws: FileStoreError(
                    .unwritable, path + ".journal.1", "cannot create: Read-only file system")
            ) { try await open(path, files: faults.calls) }
        }
    }
}
