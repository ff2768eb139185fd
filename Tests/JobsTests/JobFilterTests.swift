import Jobs
import JobsTestSupport
import Testing

@Suite("Filtering jobs")
struct JobFilterTests {
    private func filter(_ change: (inout JobFilter) -> Void) -> JobFilter {
        var filter = JobFilter()
        change(&filter)
        return filter
    }

    @Test("an empty filter matches every job")
    func empty() {
        #expect(JobFilter().matches(.sample()))
        #expect(JobFilter().matches(.running()))
        #expect(JobFilter().matches(.completed()))
    }

    @Test("id, type and reference are matched byte by byte")
    func strings() {
        let job = Job.sample(id: "caf\u{E9}", type: "caf\u{E9}", refID: "caf\u{E9}")
        let fields: [(inout JobFilter, String) -> Void] = [
            { $0.id = JobID($1) }, { $0.type = $1 }, { $0.refID = $1 },
        ]
        for set in fields {
            #expect(filter { set(&$0, "caf\u{E9}") }.matches(job))
            for other in ["cafe\u{301}", "CAF\u{C9}", "caf", "caf\u{E9} ", "", ".*", "caf\u{E9}\0"]
            {
                #expect(!filter { set(&$0, other) }.matches(job))
            }
        }
    }

    @Test("an empty string matches the empty string alone")
    func emptyStrings() {
        #expect(filter { $0.type = "" }.matches(.sample(type: "")))
        #expect(!filter { $0.type = "" }.matches(.sample(type: "a")))
        #expect(filter { $0.refID = "" }.matches(.sample(refID: "")))
        #expect(!filter { $0.refID = "" }.matches(.sample(refID: "a")))
        #expect(filter { $0.id = JobID("") }.matches(.sample(id: "")))
    }

    @Test("the ends of a range of dates belong to it")
    func dateBounds() {
        let day = DateCondition(from: .noon(100), to: .noon(200))

        #expect(
            [99, 100, 150, 200, 201].map { day.matches(.noon($0)) } == [
                false, true, true, true, false,
            ])
        #expect(
            [99, 100].map { DateCondition(from: .noon(100)).matches(.noon($0)) } == [false, true])
        #expect(
            [100, 101].map { DateCondition(to: .noon(100)).matches(.noon($0)) } == [true, false])
        #expect(
            [99, 100, 101].map { DateCondition(equal: .noon(100)).matches(.noon($0)) } == [
                false, true, false,
            ])
        #expect(!DateCondition(from: .noon(2), to: .noon(1)).matches(.noon(1)))
        #expect(!DateCondition(equal: .noon(1), from: .noon(2)).matches(.noon(1)))
        #expect(!DateCondition(equal: .noon(1), to: .noon(0)).matches(.noon(1)))
    }

    @Test("a date that is nil meets no condition on it")
    func nilDates() {
        #expect(DateCondition().matches(nil))
        #expect(DateCondition().isEmpty)
        for condition in [
            DateCondition(equal: .noon()), DateCondition(from: Timestamp(milliseconds: .min)),
            DateCondition(to: .max),
        ] {
            #expect(!condition.matches(nil))
            #expect(!condition.isEmpty)
        }
    }

    @Test("each condition on a date looks at its own date")
    func dateFields() {
        let job = Job.sample(
            created: 1, started: 2, lockedUntil: 3, executeUntil: 4, completed: 5)
        let fields: [WritableKeyPath<JobFilter, DateCondition>] = [
            \.created, \.started, \.lockedUntil, \.executeUntil, \.completed,
        ]
        for (index, field) in fields.enumerated() {
            for offset in Int64(0)...6 {
                let equal = filter { $0[keyPath: field].equal = .noon(offset) }
                let from = filter { $0[keyPath: field].from = .noon(offset) }
                let to = filter { $0[keyPath: field].to = .noon(offset) }

                #expect(equal.matches(job) == (offset == index + 1))
                #expect(from.matches(job) == (offset <= index + 1))
                #expect(to.matches(job) == (offset >= index + 1))
            }
            let any = filter { $0[keyPath: field].to = .max }
            #expect(any.matches(.sample()) == (field == \.created))
        }
    }

    @Test("retries are matched exactly, min_retries strictly")
    func retries() {
        let jobs = (0...3).map { Job.sample(retries: $0) }

        #expect(jobs.map(filter { $0.retries = 2 }.matches) == [false, false, true, false])
        #expect(jobs.map(filter { $0.minRetries = 1 }.matches) == [false, false, true, true])
        #expect(jobs.map(filter { $0.minRetries = -1 }.matches) == [true, true, true, true])
        #expect(jobs.map(filter { $0.minRetries = .max }.matches) == [false, false, false, false])
        #expect(jobs.map(filter { $0.retries = 0 }.matches) == [true, false, false, false])
    }

    @Test("a job has to meet all conditions")
    func conjunction() {
        let both = filter {
            $0.type = "mail"
            $0.minRetries = 0
            $0.created.from = .noon()
        }

        #expect(both.matches(.sample(retries: 1)))
        #expect(!both.matches(.sample(type: "sms", retries: 1)))
        #expect(!both.matches(.sample(retries: 0)))
        #expect(!both.matches(.sample(created: -1, retries: 1)))
    }

    @Test(
        "a page holds what was asked for, within what it may hold",
        arguments: [
            (nil, 100), (0, 100), (1, 1), (99, 99), (100, 100), (101, 100), (.max, 100), (-1, 0),
            (.min, 0),
        ] as [(Int?, Int)])
    func pageLimit(take: Int?, limit: Int) {
        #expect(Paging(take: take).limit(maxPageSize: 100) == limit)
    }

    @Test("without more ado a page starts at the first job and counts nothing")
    func pagingDefaults() {
        #expect(Paging() == Paging(skip: 0, take: nil, wantsTotal: false))
    }
}

extension JobFilter {
    /// None of these conditions depends on the time.
    fileprivate func matches(_ job: Job) -> Bool { matches(job, at: .noon()) }
}
