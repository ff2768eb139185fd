import Jobs
import JobsTestSupport
import Logging
import Synchronization
import Testing

@testable import JobsEngine

@Suite("Following the news of jobs")
struct NewsReaderTests {
    @Test("a larger set is followed before the smaller one is let go")
    func makeBeforeBreak() async throws {
        let news = ScriptedNews()
        try await reading(news) { wanted, heard in
            wanted.yield([ExactText("a")])
            try await eventually { heard.following == ["a"] }
            wanted.yield([ExactText("a"), ExactText("b")])
            try await eventually { heard.following == ["a", "b"] }
            try await eventually { news.followed == [["a", "b"]] }
            #expect(!heard.history.contains([]))
        }
        try await eventually { news.followed.isEmpty }
    }

    @Test("news that breaks off is followed again, and the gap is told")
    func breaking() async throws {
        let news = ScriptedNews()
        try await reading(news) { wanted, heard in
            wanted.yield([ExactText("a")])
            try await eventually { heard.following == ["a"] }
            news.breakAll()
            try await eventually { heard.history == [["a"], [], ["a"]] }
            news.tell(JobNews(id: JobID("1"), type: "a", isNew: true))
            #expect(heard.news == [JobNews(id: JobID("1"), type: "a", isNew: true)])
        }
    }

    @Test("an empty set is not followed")
    func empty() async throws {
        let news = ScriptedNews()
        try await reading(news) { wanted, heard in
            wanted.yield([ExactText("a")])
            try await eventually { heard.following == ["a"] }
            wanted.yield([])
            try await eventually { heard.following == [] && news.followed.isEmpty }
        }
    }

    @Test("a store without news is asked once")
    func unsupported() async throws {
        let news = ScriptedNews(isSupported: false)
        try await reading(news) { wanted, heard in
            wanted.yield([ExactText("a")])
            try await eventually { news.calls == 1 }
            try await Task.sleep(for: .milliseconds(400))
            wanted.yield([ExactText("b")])
            try await Task.sleep(for: .milliseconds(100))
            #expect(news.calls == 1)
            #expect(heard.history.flatMap(\.self).isEmpty)
        }
    }

    private func reading(
        _ news: ScriptedNews,
        _ body: (Wanted, Heard) async throws -> Void
    ) async throws {
        let heard = Heard()
        let reader = NewsReader(news: news, logger: Logger(label: "news")) { types in
            heard.isFollowing(types)
        } onNews: { news in
            heard.hear(news)
        }
        let wanted = Wanted()
        let task = Task { await reader.run(wanted.changes) { wanted.types } }
        defer { task.cancel() }
        try await body(wanted, heard)
    }
}

/// The set that a reader is to follow.
private final class Wanted: Sendable {
    let changes: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let state = Mutex<Set<ExactText>>([])

    init() {
        (changes, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var types: Set<ExactText> { state.withLock { $0 } }

    func yield(_ types: Set<ExactText>) {
        state.withLock { $0 = types }
        continuation.yield()
    }
}

/// What a reader has passed on.
private final class Heard: Sendable {
    private let state = Mutex<(history: [Set<String>], news: [JobNews])>(([], []))

    var history: [Set<String>] { state.withLock { $0.history } }
    var following: Set<String>? { history.last }
    var news: [JobNews] { state.withLock { $0.news } }

    func isFollowing(_ types: Set<ExactText>) {
        state.withLock { $0.history.append(Set(types.map(\.text))) }
    }

    func hear(_ news: [JobNews]) {
        state.withLock { $0.news += news }
    }
}

/// News that a test tells, and breaks off.
private final class ScriptedNews: JobsNews {
    private struct Follower {
        let types: Set<String>
        let onNews: @Sendable ([JobNews]) -> Void
        let end: CheckedContinuation<Void, any Error>
    }

    private struct Broken: Error {}

    private let state = Mutex<(calls: Int, followers: [Int: Follower])>((0, [:]))
    private let isSupported: Bool

    init(isSupported: Bool = true) {
        self.isSupported = isSupported
    }

    var calls: Int { state.withLock { $0.calls } }
    var followed: [Set<String>] { state.withLock { $0.followers.values.map(\.types) } }

    func follow(
        _ types: [String], onFollowing: @escaping @Sendable () -> Void,
        onNews: @escaping @Sendable ([JobNews]) -> Void
    ) async throws {
        let number = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        guard isSupported else { throw JobsNewsError.unsupported(reason: "none") }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { end in
                state.withLock {
                    $0.followers[number] = Follower(types: Set(types), onNews: onNews, end: end)
                }
                onFollowing()
                if Task.isCancelled { stop(number, CancellationError()) }
            }
        } onCancel: {
            stop(number, CancellationError())
        }
    }

    func tell(_ news: JobNews) {
        for follower in state.withLock({ Array($0.followers.values) }) { follower.onNews([news]) }
    }

    func breakAll() {
        for number in state.withLock({ Array($0.followers.keys) }) { stop(number, Broken()) }
    }

    private func stop(_ number: Int, _ error: any Error) {
        state.withLock { $0.followers.removeValue(forKey: number) }?.end.resume(throwing: error)
    }
}
