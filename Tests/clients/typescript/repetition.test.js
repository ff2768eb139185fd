import assert from "node:assert/strict"
import { after, afterEach, before, beforeEach, test } from "node:test"
import {
  JobsClient, NotUnderstoodError, OutcomeUnknownError, OverloadedError, StoreUnavailableError,
  UnavailableError,
} from "../../../Sources/clients/typescript/src/index.js"
import { Proxy } from "./support/proxy.js"
import { freePort, Service } from "./support/service.js"

// Which calls are repeated, and which are not, when a proxy in front of the program makes them fail.

let service
let proxy
let client
before(async () => { service = await Service.start() })
after(() => service.stop())
beforeEach(async () => {
  proxy = await Proxy.start(service.url)
  client = new JobsClient({ url: proxy.url, retryPause: 5 })
  await new JobsClient(service.url).deleteJobs()
})
afterEach(() => proxy.stop())

const mail = { type: "mail", refId: "order-7" }
const overloaded = { status: 503, body: { code: "OVERLOADED", message: "too many", status: 503 } }
const storeAway = { status: 503, body: { code: "CONNECT_FAILED", message: "store away", status: 503 } }

/** The number of jobs in the store. */
async function stored() {
  return (await new JobsClient(service.url).getJobs({ paging: { total: true } })).total
}

const announced = { "Preference-Applied": "handling=strict, request-id" }

/** Has probes be answered as by a service that knows request ids, or by one that does not say. */
function answerProbes(headers) {
  proxy.rules.push(({ body }) => (body?.new_jobs ?? body?.jobs)?.length === 0
    ? { status: 200, body: { data: [] }, headers } : undefined)
}

test("a call that was refused without effect is repeated, also an add", async () => {
  proxy.fail("add_job", overloaded, 2)

  await client.addJob(mail)

  assert.equal(proxy.count("add_job"), 3)
  assert.equal(await stored(), 1)
})

test("a call is repeated a few times, and then fails with what was answered", async () => {
  proxy.fail("get_jobs", overloaded, 9)

  await assert.rejects(client.getJobs(), (error) => {
    assert.ok(error instanceof OverloadedError && error instanceof UnavailableError)
    assert.equal(error.mayHaveHappened, false)
    return true
  })
  assert.equal(proxy.count("get_jobs"), 4)
})

test("the service says how long to wait", async () => {
  proxy.fail("get_jobs", { ...overloaded, headers: { "Retry-After": "1" } })
  const begin = performance.now()

  await client.getJobs()

  assert.ok(performance.now() - begin >= 990)
})

test("a pause that is longer than a call is left to the caller", async () => {
  proxy.fail("get_jobs", { ...overloaded, headers: { "Retry-After": "60" } })

  await assert.rejects(client.getJobs(), (error) => error.retryAfter === 60_000)
  assert.equal(proxy.count("get_jobs"), 1)
})

test("a read is repeated whatever happened", async () => {
  for (const fault of ["drop", "close", storeAway, { status: 502 }]) {
    proxy.fail("get_jobs", fault)

    assert.equal((await client.getJobs()).data.length, 0)
  }
  assert.equal(proxy.count("get_jobs"), 8)
})

test("a change is repeated with the token of its lease, and not without", async () => {
  await client.addJobs([mail, mail])
  const [first, second] =
    await client.startJobsByType({ type: "mail", timeout: 60_000, maxJobs: 2 })
  proxy.fail("complete_job", "drop", 2)

  const completed = await client.completeJob({ jobId: first.id, lockToken: first.lockToken })
  proxy.fail("complete_job", "drop")
  const unfenced = client.completeJob({ jobId: second.id })

  assert.ok(completed.completed)
  await assert.rejects(unfenced, OutcomeUnknownError)
  assert.equal(proxy.count("complete_job"), 4)
})

test("an add whose answer is lost is not repeated where request ids are not known", async () => {
  proxy.hiddenHeader = "preference-applied"
  // A program that does not know request ids refuses the first; one that does not say so gets no more.
  await client.addJob(mail)
  await new JobsClient(service.url).deleteJobs()
  proxy.fail("add_job", "drop")

  await assert.rejects(client.addJob(mail), (error) => {
    assert.ok(error instanceof OutcomeUnknownError)
    assert.equal(error.mayHaveHappened, true)
    return true
  })
  assert.equal(await stored(), 1)
  assert.equal("request_id" in proxy.calls("add_job").at(-1).body.new_job, false)
})

test("a service that ignores request ids is not asked to add twice", async () => {
  answerProbes({})
  proxy.fail("add_job", storeAway)

  await assert.rejects(client.addJob(mail), StoreUnavailableError)

  assert.equal(proxy.count("add_job"), 1)
  assert.equal(proxy.count("add_jobs"), 1)
})

test("an add and a claim are repeated with the same request id where these are known", async () => {
  answerProbes(announced)
  const job = { id: "1", created: "2026-11-29T00:00:00.000Z", lock_token: "t" }
  const answers = [
    ["start_job_by_type", job], ["add_job", job], ["start_jobs_by_type", { data: [job] }],
  ]
  for (const [operation, body] of answers) {
    proxy.fail(operation, "close")
    proxy.fail(operation, { status: 200, body, headers: announced })
  }

  const started = await client.startJobByType({ type: "mail", timeout: 1000 })
  const added = await client.addJob(mail)
  const many = await client.startJobsByType({ type: "mail", timeout: 1000, maxJobs: 2 })

  assert.deepEqual([added.id, started.lockToken, many[0].id], ["1", "t", "1"])
  for (const [operation] of answers) {
    const [first, second] = proxy.calls(operation)
      .map(({ body }) => (body.new_job ?? body).request_id)
    assert.ok(first.length > 30 && first === second, operation)
  }
  // Only the first of them had to ask.
  assert.deepEqual([proxy.count("extend_jobs"), proxy.count("add_jobs")], [1, 0])
})

test("an older instance takes back what a newer one has said", async () => {
  const job = { id: "1", created: "2026-11-29T00:00:00.000Z" }
  proxy.fail("add_job", { status: 200, body: job, headers: announced })
  proxy.fail("add_job", { status: 200, body: job })
  await client.addJob(mail)
  await client.addJob(mail)
  proxy.fail("add_job", "close")

  await assert.rejects(client.addJob(mail), OutcomeUnknownError)
  assert.equal(proxy.count("add_job"), 3)
})

test("the program adds once although the answer was lost, if it knows request ids", async (t) => {
  const description = await (await fetch(`${service.url}/openapi.json`)).text()
  // Not `skip`, after which Node 20 does not call `afterEach`.
  if (!description.includes('"request_id"')) return t.diagnostic("the program has no request ids")
  proxy.fail("add_job", "drop", 2)
  proxy.fail("add_jobs", "drop", 1)

  const { id } = await client.addJob(mail)
  const results = await client.addJobs([mail, mail])

  assert.ok(await new JobsClient(service.url).getJobById({ jobId: id }))
  assert.equal(results.length, 2)
  assert.equal(await stored(), 3)
})

test("what may have happened is not called undone because the last attempt was", async () => {
  await client.addJob(mail)
  const { id, lockToken } = await client.startJobByType({ type: "mail", timeout: 60_000 })
  proxy.fail("complete_job", "drop")
  proxy.fail("complete_job", overloaded, 9)

  await assert.rejects(client.completeJob({ jobId: id, lockToken }), (error) => {
    assert.ok(error instanceof OutcomeUnknownError)
    assert.equal(error.code, "OVERLOADED")
    return true
  })
})

test("the request id of the caller is kept, and refused by a service that does not know it", async () => {
  await client.addJob({ ...mail, requestId: "mine" }).catch((error) => {
    assert.deepEqual(error.ignoredArguments, ["new_job.request_id"])
  })

  assert.deepEqual(proxy.calls("add_job").map(({ body }) => body.new_job.request_id), ["mine"])
})

test("request ids can be done without", async () => {
  await new JobsClient({ url: proxy.url, requestIds: false }).addJob(mail)

  assert.equal("request_id" in proxy.calls("add_job")[0].body.new_job, false)
})

test("a replay of given jobs is repeated, one by a filter is not", async () => {
  proxy.fail("replay_jobs", "drop")
  await client.replayJobs({ jobIds: ["none"] })
  proxy.fail("replay_jobs", "drop")

  await assert.rejects(client.replayJobs({ filter: { state: "failed" } }), OutcomeUnknownError)
  assert.equal(proxy.count("replay_jobs"), 3)
})

test("a service that cannot be reached has done nothing", async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const nowhere = new JobsClient({ url, retries: 1, retryPause: 1 })

  await assert.rejects(nowhere.addJob(mail), (error) => {
    assert.ok(error instanceof UnavailableError)
    assert.match(error.message, /cannot be reached/)
    return true
  })
})

test("what an earlier attempt was answered is told", async () => {
  proxy.fail("get_jobs", storeAway)
  proxy.fail("get_jobs", "close", 9)

  await assert.rejects(client.getJobs(), /store away \(and then: The connection failed/)
})

test("an answer that does not come ends with the timeout, to which a wait is added", async () => {
  const impatient = new JobsClient({ url: proxy.url, timeout: 100, retries: 0 })
  proxy.fail("get_jobs", "hang")
  await assert.rejects(impatient.getJobs(), OutcomeUnknownError)

  const claimed = await impatient.startJobByType({ type: "none", timeout: 1000, waitTimeout: 400 })

  assert.equal(claimed, null)
})

test("a deadline ends all attempts", async () => {
  proxy.fail("get_jobs", "hang", 9)
  const begin = performance.now()

  await assert.rejects(client.getJobs({}, { timeout: 80, deadline: 200 }), OutcomeUnknownError)

  assert.ok(performance.now() - begin < 1000)
  assert.ok(proxy.count("get_jobs") > 1)
})

test("a signal ends the pause between two attempts", async () => {
  proxy.fail("get_jobs", { ...overloaded, headers: { "Retry-After": "15" } })

  await assert.rejects(client.getJobs({}, { signal: AbortSignal.timeout(100) }),
    { name: "TimeoutError" })
})

test("an answer of another server is not understood", async () => {
  for (const body of ["hello", [], { data: 1 }]) {
    proxy.fail("add_job", { status: 200, body })
    await assert.rejects(client.addJob(mail), NotUnderstoodError, JSON.stringify(body))
  }
  proxy.fail("get_jobs", { status: 301, headers: { Location: "http://127.0.0.1:9/" } })
  await assert.rejects(client.getJobs(), { kind: "refused", status: 301 })
})

test("what a later request of many jobs could not tell is told of its jobs alone", async () => {
  await client.addJob(mail)
  let count = 0
  answerProbes({})
  proxy.rules.push(({ operation }) =>
    operation === "add_jobs" && (count += 1) > 2 ? storeAway : undefined)
  const jobs = Array.from({ length: 2100 }, (_, number) => ({ ...mail, refId: `${number}` }))

  const results = await client.addJobs(jobs)

  assert.equal(results.length, 2100)
  assert.deepEqual([results[1999].status, results[2000].status], ["fulfilled", "rejected"])
  assert.ok(results[2099].reason instanceof StoreUnavailableError)
})
