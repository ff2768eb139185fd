package import JSON
import Jobs
package import JobsEngine
package import NIOCore

extension Command.Result {
    /// The JSON of a result.
    package struct Body: Sendable {
        /// The whole JSON, or its first part.
        package let json: ByteBuffer
        /// The rest of a page that is too large to be kept in memory at once.
        /// A function, since a rest is large and few results have one.
        package var rest: (@Sendable () -> PageRest)?
    }

    /// - Parameters:
    ///   - jobs: The source of the rest of a page.
    ///   - failure: Writes the error of an item.
    /// - Returns: The body; `nil` if there is none.
    package func body(
        from jobs: JobsController, failure: (any Error, inout JSONWriter) -> Void
    ) -> Body? {
        var json: JSONWriter
        switch self {
        case .nothing:
            return nil
        case .job(let job, let state):
            json = JSONWriter(capacity: job.jsonCapacity)
            json.job(job, as: .init(state))
        case .started(let started):
            json = JSONWriter(capacity: started.job.jsonCapacity)
            json.job(started.job, as: .started(started.lockToken))
        case .page(let page, let listing):
            json = JSONWriter(capacity: page.jobs.reduce(32) { $0 + $1.jsonCapacity })
            guard page.isCut else {
                json.page(page, as: listing.view)
                break
            }
            json.beginPage()
            for job in page.jobs { json.job(job, as: listing.view(of: job)) }
            let first = json.takeBuffer()
            let rest = PageRest(behind: page, of: listing, jobs, json: json)
            return Body(json: first) { rest }
        case .items(let items):
            json = JSONWriter(capacity: items.reduce(16) { $0 + $1.jsonCapacity })
            json.beginObject()
            json.key("data")
            json.beginArray()
            for item in items {
                switch item {
                case .success(.nothing): json.null()
                case .success(.job(let job, let state)): json.job(job, as: .init(state))
                case .success(.started(let started)):
                    json.job(started.job, as: .started(started.lockToken))
                case .failure(let error): failure(error, &json)
                }
            }
            json.endArray()
            json.endObject()
        case .replayed(let outcome):
            json = JSONWriter(capacity: 48 + outcome.ids.count * 40)
            json.replayed(outcome)
        case .errors(let errors):
            json = JSONWriter(capacity: 32 + errors.groups.count * 512)
            json.errors(errors)
        case .schedule(let schedule):
            json = JSONWriter(capacity: 1024)
            json.schedule(schedule)
        case .schedules(let page):
            json = JSONWriter(capacity: 32 + page.schedules.count * 512)
            json.page(page)
        case .types(let page):
            json = JSONWriter(capacity: 32 + page.types.count * 300)
            json.types(page)
        case .type(let status):
            json = JSONWriter(capacity: 512)
            json.type(status)
        case .explained(let explanation):
            json = JSONWriter(capacity: explanation.job.jsonCapacity + 512)
            json.explanation(explanation)
        case .operation(let operation):
            json = JSONWriter(capacity: 1024)
            json.operation(operation)
        case .operations(let operations):
            json = JSONWriter(capacity: 32 + operations.count * 512)
            json.operations(operations)
        case .audit(let entries):
            json = JSONWriter(capacity: 32 + entries.count * 256)
            json.audit(entries)
        }
        return Body(json: json.buffer)
    }
}

extension Result<Command.Item, any Error> {
    fileprivate var jsonCapacity: Int {
        switch self {
        case .success(.nothing): 5
        case .success(.job(let job, _)): job.jsonCapacity
        case .success(.started(let started)): started.job.jsonCapacity + 64
        case .failure: 512
        }
    }
}

extension Job {
    /// The approximate size of the job's JSON, so that a buffer seldom has to grow.
    fileprivate var jsonCapacity: Int {
        440 + weight
    }
}
