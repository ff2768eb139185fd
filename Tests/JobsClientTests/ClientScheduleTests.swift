import JobsClient
import JobsTestSupport
import Testing

@Suite("Clients that set schedules")
struct ClientScheduleTests {
    private static let clients: [ClientUnderTest] = [.direct, .http]

    @Test("a schedule comes back as it was set, and shows its next firing", arguments: clients)
    func setting(kind: ClientUnderTest) async throws {
        try await kind.run { client, clock in
            var schedule = Schedule(
                id: "s", every: 60_000,
                newJob: NewJob(
                    type: "mail", refID: "1", params: try JSONText(#"{"a":1.50}"#), maxRetries: 3,
                    retry: .constant(.seconds(5))),
                overlap: .skip, catchUp: .all, until: clock.now.advanced(by: 3_600_000))

            let set = try await client.set(schedule)

            schedule.next = clock.now.advanced(by: 60_000)
            #expect(shown(set) == shown(schedule))
            #expect(try await client.schedule("s").map(shown) == shown(schedule))
            #expect(try await client.schedules().schedules.map(shown) == [shown(schedule)])
            schedule.isPaused = true
            schedule.next = nil
            #expect(shown(try await client.set(schedule)) == shown(schedule))
        }
    }

    @Test("a schedule is run, listed in pages and deleted", arguments: clients)
    func life(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let job = NewJob(type: "mail", refID: "1")
            try await client.setSchedule("b", every: .seconds(60), job)
            let set = try await client.setSchedule(
                "a", cron: "0 3 * * *", timeZone: "Europe/Berlin", job, catchUp: .none)
            #expect(set.cron == "0 3 * * *" && set.timeZone == "Europe/Berlin")

            let added = try #require(try await client.runSchedule("a"))

            #expect(try await client.get(added.id) == added)
            #expect(try await client.schedule("a")?.lastJobID == added.id)
            let page = try await client.schedules(
                Paging(take: 1, wantsTotal: true, after: JobID("a")))
            #expect(page.schedules.map(\.id) == ["b"] && page.total == 2)
            #expect(try await client.deleteSchedule("a")?.lastJobID == added.id)
            #expect(try await client.schedule("a") == nil)
            #expect(try await client.deleteSchedule("a") == nil)
            #expect(try await client.runSchedule("a") == nil)
        }
    }

    @Test("a schedule that cannot be used is refused", arguments: clients)
    func refused(kind: ClientUnderTest) async throws {
        try await kind.run { client, _ in
            let job = NewJob(type: "mail", refID: "1")
            for (cron, zone, field) in [
                ("61 * * * *", "UTC", "cron"), ("@daily", "Mars/Base", "time_zone"),
            ] {
                let error = await #expect(throws: JobsClientError.self) {
                    try await client.setSchedule("s", cron: cron, timeZone: zone, job)
                }
                #expect(error?.kind == .refused && error?.message.hasPrefix(field) == true)
            }
        }
    }

    @Test("a service that does not know schedules says so")
    func original() async throws {
        try await ClientUnderTest.original.run { client, _ in
            let error = await #expect(throws: JobsClientError.self) {
                try await client.schedule("s")
            }
            #expect(error?.kind == .refused && error?.status == 404)
        }
    }

    /// What callers see, without what only the service keeps.
    private func shown(_ schedule: Schedule) -> String {
        var json = JSONWriter(capacity: 256)
        json.schedule(schedule)
        return json.text.description
    }
}
