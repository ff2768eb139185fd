package import JSON
import Jobs

extension JSONWriter {
    /// A page of schedules, as the operation `get_schedules` answers it.
    package mutating func page(_ page: SchedulePage) {
        beginPage()
        for schedule in page.schedules { self.schedule(schedule) }
        endPage(total: page.total)
    }
}
