import Foundation
import Jobs
import JobsMemory
import Testing

@testable import JobsFile

@Suite("Valid paths of the snapshot")
struct FilePlaceTests {
    private let manager = FileManager.default

    @Test("a link is followed: jobs and journal are next to its target", arguments: [true, false])
    func link(isRelative: Bool) async throws {
        try await withDirectory { path in
            let home = URL(filePath: path).deletingLastPathComponent().appending(path: "home")
            try manager.createDirectory(at: home, withIntermediateDirectories: false)
            let target = home.appending(path: "mine.json").path()
            try manager.createSymbolicLink(
                atPath: path, withDestinationPath: isRelative ? "second" : target)
            try manager.createSymbolicLink(
                atPath: path.replacing("jobs.json", with: "second"),
                withDestinationPath: "home/mine.json")

            // First without a file, then with one.
            for count in 1...2 {
                let store = try await open(path)
                try await store.add()
                #expect(manager.fileExists(atPath: target + ".journal.1"))
                #expect(manager.fileExists(atPath: target + ".lock"))
                await #expect(throws: FileStoreError.self) { try await open(target) }
                await store.close()
                #expect(try manager.destinationOfSymbolicLink(atPath: path) != "")
                let jobs = try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(filePath: target)))
                #expect((jobs as? [Any])?.count == count)
            }
            let beside = try manager.contentsOfDirectory(
                atPath: URL(filePath: path).deletingLastPathComponent().path())
            #expect(beside.sorted() == ["home", "jobs.json", "second"])
        }
    }

    @Test("a link with a journal next to it stops the start, since the journal may have jobs")
    func journalBesideLink() async throws {
        try await withDirectory { path in
            let store = try await open(path)
            try await store.add()
            let left = try files(beside: path)
            await store.close()
            try await withDirectory { other in
                try write(left, beside: other)
                try manager.createSymbolicLink(atPath: other, withDestinationPath: path)

                let error = await #expect(throws: FileStoreError.self) { try await open(other) }

                #expect(error?.message.contains("move that beside the file") == true)
            }
        }
    }

    @Test("links in a circle stop the start")
    func circle() async throws {
        try await withDirectory { path in
            try manager.createSymbolicLink(atPath: path, withDestinationPath: path)
            let error = await #expect(throws: FileStoreError.self) { try await open(path) }
            #expect(error?.message.contains("leads nowhere") == true)
        }
    }

    @Test("a directory in any notation stops the start", arguments: ["", "/", "/.", "/.."])
    func directory(end: String) async throws {
        try await withDirectory { path in
            try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
            let error = await #expect(throws: FileStoreError.self) { try await open(path + end) }
            #expect(error?.message.hasPrefix("is a directory: ") == true)
            #expect(try manager.contentsOfDirectory(atPath: path) == [])
            #expect(!manager.fileExists(atPath: path + ".lock"))
        }
    }

    @Test("the path of a missing directory is not accepted as a file")
    func missingDirectory() async throws {
        try await withDirectory { path in
            let error = await #expect(throws: FileStoreError.self) { try await open(path + "/") }
            #expect(error?.message.hasPrefix("is a directory: ") == true)
            #expect(!manager.fileExists(atPath: path))
        }
    }

    @Test(
        "a pipe in place of any file stops the start", arguments: ["", ".lock", ".journal.1"])
    func pipe(end: String) async throws {
        try await withDirectory { path in
            #expect(mkfifo(path + end, 0o600) == 0)
            await #expect(throws: FileStoreError.self) { try await open(path) }
        }
    }

    @Test("a new file replaces an existing one, and links are not followed")
    func strangers() async throws {
        try await withDirectory { path in
            let victim = path + ".victim"
            try Data("precious".utf8).write(to: URL(filePath: victim))
            for end in [".new", ".journal.new"] {
                try manager.createSymbolicLink(atPath: path + end, withDestinationPath: victim)
            }
            let store = try await open(path)
            try await store.add()
            await store.close()
            #expect(try Data(contentsOf: URL(filePath: victim)) == Data("precious".utf8))

            try manager.removeItem(atPath: path + ".lock")
            try manager.createSymbolicLink(atPath: path + ".lock", withDestinationPath: victim)
            await #expect(throws: FileStoreError.self) { try await open(path) }
            #expect(try Data(contentsOf: URL(filePath: victim)) == Data("precious".utf8))
        }
    }

    @Test("only the owner can access new files, and existing files keep their mode")
    func modes() async throws {
        try await withDirectory { path in
            func mode(_ end: String) throws -> Int? {
                try manager.attributesOfItem(atPath: path + end)[.posixPermissions] as? Int
            }
            let store = try await open(path)
            try await store.add()
            #expect(try mode(".lock") == 0o600)
            #expect(try mode(".journal.1") == 0o600)
            await store.close()
            #expect(try mode("") == 0o600)

            for file in ["", ".lock"] {
                try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path + file)
            }
            let again = try await open(path)
            try await again.add()
            #expect(try mode(".journal.1") == 0o644)
            await again.close()
            #expect(try mode("") == 0o644)
            #expect(try mode(".lock") == 0o644)
        }
    }

    @Test("a file with several hard links has its jobs under the given name")
    func hardLink() async throws {
        try await withDirectory { path in
            try Data("[]".utf8).write(to: URL(filePath: path))
            try manager.linkItem(atPath: path, toPath: path + ".backup")
            #expect(try FilePlace(path).warning?.contains("other names") == true)

            let store = try await open(path)
            try await store.add()
            await store.close()

            #expect(try await open(path).everything.count == 1)
            #expect(try FilePlace(path).warning == nil)
        }
    }
}
