import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { after, before, beforeEach, test } from "node:test"
import {
  InvalidDataError, JobsClient, LockLostError, NotAuthenticatedError, UnknownOperationError,
  withCallContext,
} from "../../../Sources/clients/typescript/src/index.js"
import { Proxy } from "./support/proxy.js"
import { Service } from "./support/service.js"

// What the operations do at the program, with its store in memory.

let service
let client
before(async () => {
  service = await Service.start()
  client = new JobsClient(service.url)
})
after(() => service.stop())
beforeEach(() => client.deleteJobs())

const mail = { type: "mail", refId: "order-7", params: { to: "ann@example.com" } }

test("a job goes from its producer through a worker to its end", async () => {
  const added = await client.addJob({ ...mail, ttl: 3_600_000, priority: 3 })
  const started = await client.startJobByType({ type: "mail", timeout: 60_000, worker: "w-1" })
  const lease = { jobId: started.id, lockToken: started.lockToken }
  const extended = await client.extendJob({ ...lease, timeout: 90_000, progress: { page: 2 } })
  const completed = await client.completeJob({ ...lease, result: { sent: true } })

  assert.equal(added.refId, "order-7")
  assert.equal(added.executeUntil - added.created, 3_600_000)
  assert.equal(added.started, null)
  assert.equal(started.id, added.id)
  assert.equal(started.retries, 1)
  assert.equal(started.worker, "w-1")
  assert.ok(extended.lockedUntil > started.lockedUntil)
  assert.deepEqual(extended.progress, { page: 2 })
  assert.ok(completed.completed instanceof Date)
  assert.deepEqual(completed.result, { sent: true })
})

test("what is not there is null, or an empty list", async () => {
  assert.equal(await client.getJobById({ jobId: "none" }), null)
  assert.equal(await client.startJobByType({ type: "none", timeout: 1000 }), null)
  assert.equal(await client.startJobById({ jobId: "none", timeout: 1000 }), null)
  assert.equal(await client.cancelJob({ jobId: "none" }), null)
  assert.equal(await client.deleteJobById({ jobId: "none" }), null)
  assert.deepEqual(await client.startJobsByType({ type: "none", timeout: 1000, maxJobs: 5 }), [])
  assert.deepEqual(await client.getJobs(), { data: [], total: null })
})

test("params come back as they were, also numbers that JavaScript would round", async () => {
  const params = {
    ref_id: 1, createdAt: "x", lock_token: null, big: 9007199254740993n,
    nested: [{ some_key: 1.5, "é\u2028": true }], started: "2026-11-24",
  }

  const { id } = await client.addJob({ ...mail, params })
  const job = await client.getJobById({ jobId: id })
  const text = await (await fetch(`${service.url}/v1/jobs/get_job_by_id`, {
    method: "POST", body: JSON.stringify({ job_id: id }),
  })).text()

  assert.deepEqual(job.params, params)
  assert.match(text, /9007199254740993/)
})

test("a unique job is added once", async () => {
  const first = await client.addUniqJob(mail)
  const second = await client.addUniqJob(mail)

  assert.equal(first.id, second.id)
})

test("a failed attempt is told, and the job comes back by its policy", async () => {
  await client.addJob({ ...mail, retry: { backoff: "constant", delay: 5000, jitter: 0 } })
  const { id, lockToken } = await client.startJobByType({ type: "mail", timeout: 60_000 })
  const failed = await client.failJob({
    jobId: id, lockToken, error: { type: "Full", message: "no room", details: { free: 0 } },
  })
  const { attempts, state } = await client.getJobById({ jobId: id, details: true })

  assert.equal(failed.delayedUntil - attempts[0].ended, 5000)
  assert.equal(state, "delayed")
  assert.deepEqual(attempts[0].error, { type: "Full", message: "no room", details: { free: 0 } })
  assert.equal(attempts[0].delay, 5000)
})

test("jobs are found by conditions, in pages", async () => {
  const results = await client.addJobs([1, 2, 3, 4].map((number) => ({ ...mail, refId: `${number}` })))
  const jobs = results.map(({ value }) => value)
  const filter = { type: "mail", createdFrom: jobs[0].created, createdTo: new Date() }

  const first = await client.getJobs({ filter, paging: { take: 3, total: true } })
  const second = await client.getJobs({ filter, paging: { after: first.data[2].id } })
  const newest = await client.getJobs({ filter: { state: "ready" }, paging: { order: "desc", take: 1 } })

  assert.deepEqual(first.data.map(({ refId }) => refId), ["1", "2", "3"])
  assert.equal(first.total, 4)
  assert.deepEqual(second.data.map(({ refId }) => refId), ["4"])
  assert.deepEqual(newest.data.map(({ refId }) => refId), ["4"])
})

test("dead letters can be replayed", async () => {
  await client.addJob(mail)
  const { id, lockToken } = await client.startJobByType({ type: "mail", timeout: 60_000 })
  await client.failJob({ jobId: id, lockToken, retry: false, error: { type: "Full" } })

  const dry = await client.replayJobs({ filter: { state: "failed", errorType: "Full" }, dryRun: true })
  const replayed = await client.replayJobs({ jobIds: [id] })

  assert.deepEqual(dry, { count: 1, data: [id], skipped: 0 })
  assert.deepEqual(replayed.data, [id])
  assert.equal((await client.startJobByType({ type: "mail", timeout: 60_000 })).id, id)
})

test("many jobs have a result each, in order", async () => {
  const added = await client.addJobs([mail, { type: "", refId: "" , ttl: "x" }, mail])
  const jobs = await client.startJobsByType({ type: "mail", timeout: 60_000, maxJobs: 10 })
  const results = await client.completeJobs([
    { jobId: jobs[0].id, lockToken: jobs[0].lockToken }, { jobId: "none" },
    { jobId: jobs[1].id, lockToken: "stale" },
  ])

  assert.deepEqual(added.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"])
  assert.ok(added[1].reason instanceof InvalidDataError)
  assert.ok(results[0].value.completed)
  assert.equal(results[1].value, null)
  assert.ok(results[2].reason instanceof LockLostError)
  assert.equal(results[2].reason.kind, "lockLost")
})

test("more items than a request takes go in several requests, in order", async () => {
  const jobs = Array.from({ length: 1500 }, (_, number) => ({ ...mail, refId: `${number}` }))
  const large = Array.from({ length: 6 }, (_, number) => ({
    ...mail, refId: `large-${number}`, params: "x".repeat(300_000),
  }))

  const results = await client.addJobs([...jobs, ...large])

  assert.deepEqual(
    results.map(({ value }) => value.refId), [...jobs, ...large].map(({ refId }) => refId))
})

test("no items need no request", async () => {
  assert.deepEqual(await new JobsClient("http://127.0.0.1:1").addJobs([]), [])
})

test("errors have a class, a code and what is wrong", async () => {
  await client.addJob(mail)
  const { id } = await client.startJobByType({ type: "mail", timeout: 60_000 })

  await assert.rejects(client.completeJob({ jobId: id, lockToken: "stale" }), (error) => {
    assert.ok(error instanceof LockLostError)
    assert.deepEqual([error.code, error.status, error.isRetryable], ["LOCK_LOST", 409, false])
    return true
  })
  await assert.rejects(client.addJob({ ...mail, priorty: 1 }), (error) => {
    assert.ok(error instanceof InvalidDataError)
    assert.deepEqual(error.ignoredArguments, ["new_job.priorty"])
    assert.match(error.message, /new_job.priorty/)
    return true
  })
  const elsewhere = new JobsClient({ url: service.url, baseRoute: "v2/nothing" })
  await assert.rejects(elsewhere.getJobs(), UnknownOperationError)
})

test("a key that is missing or wrong is told apart", async (t) => {
  const guarded = await Service.start({ env: { JWT_SECRET: randomBytes(32).toString("hex") } })
  t.after(() => guarded.stop())

  await assert.rejects(new JobsClient(guarded.url).getJobs(), NotAuthenticatedError)
  const wrong = new JobsClient({ url: guarded.url, token: "wrong" })
  await assert.rejects(wrong.getJobs(), NotAuthenticatedError)
})

test("calls send the key, the correlation id and the trace context", async (t) => {
  const proxy = await Proxy.start(service.url)
  t.after(() => proxy.stop())
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  const traced = new JobsClient({ url: proxy.url, token: "secret", correlationIdPlace: "both" })

  await withCallContext({ correlationId: "order 7é", traceparent }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    await traced.addJob(mail)
  })
  const started = await traced.startJobByType(
    { type: "mail", timeout: 60_000 }, { correlationId: "claim" })

  const [asked] = proxy.calls("add_job")
  assert.match(asked.path, /\?correlation_id=order%207%C3%A9$/)
  assert.equal(asked.headers.correlation_id, "order 7")
  assert.equal(asked.headers.authorization, "Bearer secret")
  assert.equal(asked.headers.traceparent, traceparent)
  assert.match(proxy.calls("start_job_by_type")[0].path, /correlation_id=claim/)
  assert.equal(started.traceparent, traceparent)
})

test("an error has the correlation id of its call", async () => {
  await assert.rejects(
    client.addJob({ type: "mail" }, { correlationId: "order-7" }),
    (error) => error.correlationId === "order-7")
})

test("a claim waits for a job, and can be ended", async () => {
  const controller = new AbortController()
  const reason = new Error("enough")

  const ended = client.startJobByType(
    { type: "mail", timeout: 60_000, waitTimeout: 30_000 }, { signal: controller.signal })
  setTimeout(() => controller.abort(reason), 100)
  await assert.rejects(ended, (error) => error === reason)
  const waiting = client.startJobByType({ type: "mail", timeout: 60_000, waitTimeout: 30_000 })
  await new Promise((resolve) => setTimeout(resolve, 100))
  const { id } = await client.addJob(mail)

  assert.equal((await waiting).id, id)
})

test("many calls may share a signal", async (t) => {
  const warnings = []
  const record = (warning) => warnings.push(warning)
  process.on("warning", record)
  t.after(() => process.off("warning", record))
  const { signal } = new AbortController()

  await Promise.all(Array.from({ length: 30 }, () => client.getJobs({}, { signal })))

  await new Promise(setImmediate)
  assert.deepEqual(warnings, [])
})

test("options that no call could succeed with are refused, without telling the key", () => {
  for (const options of ["localhost:8080", "http://", "http://a/?b", { url: "ftp://a" },
    { url: "http://a", timeout: -1 }, { url: "http://a", correlationIdPlace: "body" }]) {
    assert.throws(() => new JobsClient(options), TypeError, JSON.stringify(options))
  }
  assert.throws(() => new JobsClient({ url: "http://a", token: "se cret" }),
    (error) => error instanceof TypeError && !error.message.includes("cret"))
})

test("failed jobs are grouped by their errors, and found by the key of the group", async () => {
  const { id } = await client.addJob(mail)
  const { lockToken } = await client.startJobById({ jobId: id, timeout: 60_000 })
  const error = { type: "Lost", message: "order 22 lost" }
  await client.failJob({ jobId: id, lockToken, error, retry: false })

  const { data: [group], truncated } = await client.getErrors({ type: "mail", from: new Date(0) })
  const later = await client.getErrors({ from: new Date(Date.now() + 60_000) })
  const filter = { errorKey: group.errorKey }
  const found = await client.getJobs({ filter, fields: ["refId", "errorKey"] })
  const replayed = await client.replayJobs({ filter, dryRun: true })

  assert.deepEqual([group.type, group.errorKey, group.count], ["mail", "order # lost", 1])
  assert.ok(group.first instanceof Date && group.last instanceof Date)
  assert.deepEqual(group.example, { jobId: id, error })
  assert.deepEqual([truncated, later.data], [false, []])
  assert.deepEqual(found.data, [{ id, refId: "order-7", errorKey: "order # lost" }])
  assert.equal((await client.getJobById({ jobId: id, details: true })).errorKey, "order # lost")
  assert.deepEqual(replayed.data, [id])
})
