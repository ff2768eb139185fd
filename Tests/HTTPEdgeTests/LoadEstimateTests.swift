import Testing

@testable import HTTPEdge

@Suite("How much may be in work")
struct LoadEstimateTests {
    /// A store that does so many operations a second, however many are in work.
    private struct Store {
        var estimate: LoadEstimate
        private var now = ContinuousClock.now

        init(latency: Duration = .milliseconds(50)) {
            estimate = LoadEstimate(latency: latency, at: now)
        }

        mutating func work(rate: Double, inWork: Int, for time: Duration = .seconds(2)) {
            let end = now + time
            while now < end {
                now += .seconds(1 / rate)
                estimate.done(after: .seconds(Double(inWork) / rate), wasAlone: false, at: now)
            }
        }

        /// Operations that end many at a time.
        mutating func workInBatches(of size: Int, lasting times: [Duration], rounds: Int) {
            for time in Array(repeating: times, count: rounds).joined() {
                now += time
                for _ in 0..<size { estimate.done(after: time, wasAlone: false, at: now) }
            }
        }

        mutating func workAlone(latency: Duration, count: Int = 100) {
            for _ in 0..<count {
                now += latency
                estimate.done(after: latency, wasAlone: true, at: now)
            }
        }
    }

    @Test("nothing is refused before it is known what can be done")
    func unknown() {
        var store = Store()

        store.work(rate: 1000, inWork: 50)

        #expect(store.estimate.limit == .max)
    }

    @Test("as many may be in work as are done in the time that each may take")
    func product() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("a store that gets slower or faster is followed")
    func following() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 10_000, inWork: 1000)
        #expect((475...525).contains(store.estimate.limit))

        store.work(rate: 40_000, inWork: 500)
        #expect((1900...2100).contains(store.estimate.limit))
    }

    @Test("a batch that is faster than others makes no fast store")
    func batches() {
        var store = Store()

        store.workInBatches(
            of: 6000, lasting: [.milliseconds(100), .milliseconds(100), .milliseconds(200)],
            rounds: 8)

        // 45,000 a second.
        #expect((2200...2600).contains(store.estimate.limit))
    }

    @Test("some may always be in work, however slow the store is")
    func least() {
        var store = Store()

        store.work(rate: 10, inWork: 200, for: .seconds(60))

        #expect(store.estimate.limit == LoadEstimate.leastLimit)
    }

    @Test("where an operation takes long by itself, many take longer")
    func slowByItself() {
        var store = Store()

        store.workAlone(latency: .milliseconds(100))
        store.work(rate: 5000, inWork: 2000)

        #expect((1900...2100).contains(store.estimate.limit))
    }

    @Test("a single slow operation makes no slow store")
    func outlier() {
        var store = Store()

        store.workAlone(latency: .milliseconds(2))
        store.workAlone(latency: .milliseconds(200), count: 1)
        store.work(rate: 20_000, inWork: 2000)

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("little load tells nothing of what can be done")
    func littleLoad() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 100, inWork: 5, for: .seconds(60))

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("few are refused at once, and more where more is done; the others are told later")
    func refusals() {
        var store = Store()
        let few = LoadEstimate.promptRefusals

        #expect((0..<few).allSatisfy { _ in store.estimate.refused() == .zero })
        let pauses = (0..<1000).map { _ in store.estimate.refused() }
        #expect(pauses.allSatisfy { (.milliseconds(500) ... .milliseconds(1500)).contains($0) })
        // Or else those who are told together would come back together.
        #expect(Set(pauses).count > 100)

        store.work(rate: 8000, inWork: 1000)
        let prompt = (0..<1000).count { _ in store.estimate.refused() == .zero }
        #expect((few + 90...few + 110).contains(prompt))
    }

    @Test("after a pause almost as much is taken as before")
    func pause() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 0.1, inWork: 900, for: .seconds(10))

        // However long it was, it is one of the windows.
        #expect((850...1050).contains(store.estimate.limit))
    }
}
