import Testing

@testable import HTTPEdge

@Suite("Load estimate")
struct LoadEstimateTests {
    /// A store with a fixed throughput, independent of the concurrency.
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

        /// Operations that end in batches.
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

    @Test("nothing is refused before the throughput is known")
    func unknown() {
        var store = Store()

        store.work(rate: 1000, inWork: 50)

        #expect(store.estimate.limit == .max)
    }

    @Test("the limit is the throughput times the target latency")
    func product() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("the limit follows a store that gets slower or faster")
    func following() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 10_000, inWork: 1000)
        #expect((475...525).contains(store.estimate.limit))

        store.work(rate: 40_000, inWork: 500)
        #expect((1900...2100).contains(store.estimate.limit))
    }

    @Test("a single fast batch does not raise the limit")
    func batches() {
        var store = Store()

        store.workInBatches(
            of: 6000, lasting: [.milliseconds(100), .milliseconds(100), .milliseconds(200)],
            rounds: 8)

        // 45,000 operations a second.
        #expect((2200...2600).contains(store.estimate.limit))
    }

    @Test("the limit has a lower bound, however slow the store is")
    func least() {
        var store = Store()

        store.work(rate: 10, inWork: 200, for: .seconds(60))

        #expect(store.estimate.limit == LoadEstimate.leastLimit)
    }

    @Test("the target latency rises if an operation is slow without load")
    func slowByItself() {
        var store = Store()

        store.workAlone(latency: .milliseconds(100))
        store.work(rate: 5000, inWork: 2000)

        #expect((1900...2100).contains(store.estimate.limit))
    }

    @Test("a single slow operation does not change the limit")
    func outlier() {
        var store = Store()

        store.workAlone(latency: .milliseconds(2))
        store.workAlone(latency: .milliseconds(200), count: 1)
        store.work(rate: 20_000, inWork: 2000)

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("low load does not change the limit")
    func littleLoad() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 100, inWork: 5, for: .seconds(60))

        #expect((950...1050).contains(store.estimate.limit))
    }

    @Test("few are refused at once, more at a high throughput; the rest are delayed")
    func refusals() {
        var store = Store()
        let few = LoadEstimate.promptRefusals

        #expect((0..<few).allSatisfy { _ in store.estimate.refused() == .zero })
        let pauses = (0..<1000).map { _ in store.estimate.refused() }
        #expect(pauses.allSatisfy { (.milliseconds(500) ... .milliseconds(1500)).contains($0) })
        // Otherwise clients that are refused together would come back together.
        #expect(Set(pauses).count > 100)

        store.work(rate: 8000, inWork: 1000)
        let prompt = (0..<1000).count { _ in store.estimate.refused() == .zero }
        #expect((few + 90...few + 110).contains(prompt))
    }

    @Test("a pause of the store hardly lowers the limit")
    func pause() {
        var store = Store()

        store.work(rate: 20_000, inWork: 2000)
        store.work(rate: 0.1, inWork: 900, for: .seconds(10))

        // The pause is a single window, however long it was.
        #expect((850...1050).contains(store.estimate.limit))
    }
}
