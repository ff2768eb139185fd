import assert from "node:assert/strict"
import { after, afterEach, before, beforeEach, test } from "node:test"
import { JobsClient, JobsWorker } from "../../../Sources/clients/typescript/src/index.js"
import { Proxy } from "./support/proxy.js"
import { Service } from "./support/service.js"
import { gate, recordingLogger, until } from "./support/waiting.js"

// What a worker does when leases are lost, and when the service or the way to it fails.

let service
let client
let proxy
before(async () => {
  service = await Service.start()
  client = new JobsClient(service.url)
})
after(() => service.stop())
beforeEach(async () => {
  proxy = await Proxy.start(service.url)
  await client.deleteJobs()
})
afterEach(() => proxy.stop())

const overloaded = { status: 503, body: { code: "OVERLOADED", message: "too many", status: 503 } }
const storeAway = { status: 503, body: { code: "CONNECT_FAILED", message: "store away", status: 503 } }

const details = (jobId, from = client) => from.getJobById({ jobId, details: true })
const add = () => client.addJob({ type: "mail", refId: "order-7" })

/** Runs a worker behind the proxy until the test ends. */
function run(t, options, url = proxy.url) {
  const logger = recordingLogger()
  const worker = new JobsWorker(new JobsClient({ url, retryPause: 20 }), {
    timeout: 900, gracePeriod: 300, longestPause: 200, logger, ...options,
  })
  const running = worker.run({ signals: [] })
  t.after(() => {
    worker.stop()
    return running
  })
  return { worker, logger }
}

/** A handler that ends when it is stopped, and says so. */
function stoppable() {
  const begun = gate()
  const stopped = gate()
  const handler = (job, { signal }) => new Promise((resolve) => {
    begun.open(performance.now())
    signal.addEventListener("abort", () => {
      stopped.open({ at: performance.now(), reason: signal.reason.message })
      resolve("ignored")
    })
  })
  return { handler, begun: begun.opened, stopped: stopped.opened }
}

test("a handler is stopped when another client has taken its job over", async (t) => {
  const { id } = await add()
  const { handler, begun, stopped } = stoppable()
  const { worker, logger } = run(t, { handlers: { mail: handler } })
  await begun
  // Without a token, a client can end the lease of another.
  await client.abortJob({ jobId: id })
  const other = await client.startJobById({ jobId: id, timeout: 60_000 })

  // An extension between the two says that the job is not started.
  assert.match((await stopped).reason, /another client took it over|no longer started/)
  await until("the loss is counted", () => worker.counts.lost === 1)
  assert.ok(logger.has("Lost the lease"))
  assert.ok((await client.completeJob({ jobId: id, lockToken: other.lockToken })).completed)
})

test("a handler is stopped when its job was deleted", async (t) => {
  const { id } = await add()
  const { handler, begun, stopped } = stoppable()
  run(t, { handlers: { mail: handler } })
  await begun
  await client.deleteJobById({ jobId: id })

  assert.match((await stopped).reason, /removed/)
})

test("a handler is stopped before its lease ends, if no extension comes through", async (t) => {
  await add()
  proxy.fail("extend_jobs", "hang", Infinity)
  const { handler, begun, stopped } = stoppable()
  const { worker } = run(t, { timeout: 3000, handlers: { mail: handler } })

  const time = (await stopped).at - (await begun)
  assert.ok(time < 3000, `${time} ms`)
  await until("the loss is counted", () => worker.counts.lost === 1)
  assert.equal(proxy.count("complete_job"), 0)
})

test("a handler that blocks the event loop for too long has lost its lease", async (t) => {
  await add()
  const { worker } = run(t, {
    handlers: {
      mail: ({ retries }) => {
        const end = performance.now() + (retries === 1 ? 1200 : 0)
        while (performance.now() < end);
      },
    },
  })

  await until("the next attempt is completed", () => worker.counts.completed === 1)
  assert.equal(worker.counts.lost, 1)
})

test("a completion is repeated until it is told, and the job handled once", async (t) => {
  const { id } = await add()
  proxy.fail("complete_job", overloaded, 1)
  proxy.fail("complete_job", storeAway, 1)
  proxy.fail("complete_job", "drop", 2)
  proxy.fail("complete_job", "close", 2)
  const { worker } = run(t, { timeout: 6000, handlers: { mail: () => "done" } })

  await until("the job is completed", () => worker.counts.completed === 1)
  const { retries, result } = await details(id)
  assert.deepEqual([retries, result], [1, "done"])
})

test("a failure is repeated until it is told", async (t) => {
  const { id } = await add()
  proxy.fail("fail_job", "drop", 1)
  proxy.fail("fail_job", storeAway, 2)
  run(t, { timeout: 6000, handlers: { mail: () => Promise.reject(new Error("no")) } })

  const { attempts } = await until("the failure is told", async () => {
    const job = await details(id)
    return job.attempts.length > 0 && proxy.count("fail_job") > 3 && job
  })
  assert.deepEqual(attempts.map(({ outcome }) => outcome), ["failed"])
})

test("a lease outlives extensions that fail in between", async (t) => {
  const { id } = await add()
  proxy.fail("extend_jobs", overloaded, 1)
  proxy.fail("extend_jobs", "drop", 1)
  const { open, opened } = gate()
  const { worker } = run(t, { timeout: 3000, handlers: { mail: () => opened } })
  await until("the lease was extended", () => proxy.count("extend_jobs") >= 5)
  open()

  await until("the job is completed", () => worker.counts.completed === 1)
  assert.equal((await details(id)).retries, 1)
})

test("a claim whose answer is lost costs a lease at most", async (t) => {
  const described = await (await fetch(`${service.url}/openapi.json`)).text()
  const hasRequestIds = described.includes('"request_id"')
  const { id } = await add()
  let lost = 0
  proxy.rules.push(({ operation, body }) => {
    // Without request ids, the program refuses the claim that has one.
    if (operation !== "start_jobs_by_type" || hasRequestIds !== "request_id" in body) return undefined
    lost += 1
    return lost === 1 ? "drop" : undefined
  })
  const { worker } = run(t, { handlers: { mail: () => 1 } })

  await until("the job is completed", () => worker.counts.completed === 1)
  // A claim with a request id is repeated and gets the lease that was lost.
  assert.equal((await details(id)).retries, hasRequestIds ? 1 : 2)
})

test("a worker says once that claims fail, tries on, and says when they succeed", async (t) => {
  proxy.fail("start_jobs_by_type", storeAway, 6)
  const { worker, logger } = run(t, { handlers: { mail: () => 1 } })
  await until("claims have failed", () => proxy.count("start_jobs_by_type") >= 6)
  await add()

  await until("the job is completed", () => worker.counts.completed === 1)
  const told = logger.lines.map(({ message }) => message).filter((text) => /claim/i.test(text))
  assert.deepEqual(told, ["Failed to claim jobs", "Claims succeed again"])
  assert.match(logger.lines.find(({ level }) => level === "error").error, /CONNECT_FAILED: store away/)
})

test("no job is lost when the service is killed and starts again, twice", async (t) => {
  const kept = await Service.start({ isKept: true })
  t.after(() => kept.stop())
  const own = new JobsClient(kept.url)
  const results = await own.addJobs(Array.from({ length: 60 }, (_, number) =>
    ({ type: "mail", refId: `${number}` })))
  const handled = new Set()
  const { worker } = run(t, {
    concurrency: 4, timeout: 3000,
    handlers: {
      mail: async ({ refId }) => {
        await new Promise((resolve) => setTimeout(resolve, 20))
        handled.add(refId)
      },
    },
  }, kept.url)
  for (const count of [15, 35]) {
    await until(`${count} are handled`, () => handled.size >= count)
    await kept.kill()
    await kept.begin()
  }

  await until("all are completed", async () => {
    const jobs = await Promise.all(results.map(({ value }) => details(value.id, own)))
    return jobs.every((job) => job.completed)
  })
  assert.equal(handled.size, 60)
  assert.equal(worker.counts.failed, 0)
})

test("a handler goes on while the service is away for less than its lease", async (t) => {
  const kept = await Service.start({ isKept: true })
  t.after(() => kept.stop())
  const own = new JobsClient(kept.url)
  const { id } = await own.addJob({ type: "mail", refId: "order-7" })
  const { open, opened } = gate()
  const { worker } = run(t, { timeout: 6000, handlers: { mail: () => opened } }, kept.url)
  await until("the handler has begun", () => worker.running === 1)
  await kept.kill()
  open()
  await new Promise((resolve) => setTimeout(resolve, 300))
  await kept.begin()

  await until("the job is completed", () => worker.counts.completed === 1)
  const { retries, completed } = await details(id, own)
  assert.equal(retries, 1)
  assert.ok(completed)
})
