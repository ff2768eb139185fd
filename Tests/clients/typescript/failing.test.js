import assert from "node:assert/strict"
import { test } from "node:test"
import { JobFailure, processName } from "../../../Sources/clients/typescript/src/index.js"
import { gate, until } from "./support/waiting.js"
import { add, details, run } from "./support/working.js"

// What a worker does when handlers fail.

test("an error fails the job with its name, and the next attempt comes by the policy", async (t) => {
  const [id] = await add(1, { retry: { backoff: "constant", delay: 100 } })
  const { worker, logger } = run(t, {
    handlers: {
      mail: (job) => {
        if (job.retries === 1) throw new RangeError("too far")
      },
    },
  })

  await until("the second attempt is completed", () => worker.counts.completed === 1)

  const { attempts } = await details(id)
  assert.equal(worker.counts.failed, 1)
  assert.equal(attempts[0].outcome, "failed")
  assert.deepEqual(attempts[0].error, { type: "RangeError", message: "too far" })
  assert.equal(attempts[0].worker, processName)
  const line = logger.lines.find(({ level }) => level === "error")
  assert.match(line.message, /The handler failed; next attempt at 20/)
  assert.deepEqual([line.jobId, line.attempt, line.error.name], [id, 1, "RangeError"])
})

test("a JobFailure says how the job has failed", async (t) => {
  const [first, second] = await add(2)
  const { worker, logger } = run(t, {
    concurrency: 2,
    handlers: {
      mail: ({ id }) => {
        throw id === first
          ? new JobFailure("No address", { type: "Address", details: { n: 1 }, retry: false })
          : new JobFailure("Later", { details: "x".repeat(70_000), delay: 5000 })
      },
    },
  })
  await until("both have failed", () => worker.counts.failed === 2)
  await until("both are told", async () => (await details(second)).state === "delayed")

  const job = await until("the first is told", async () => {
    const job = await details(first)
    return job.failed && job
  })
  assert.deepEqual(job.error, { type: "Address", message: "No address", details: { n: 1 } })
  const { delayedUntil, attempts, error } = await details(second)
  assert.equal(delayedUntil - attempts[0].ended, 5000)
  assert.deepEqual(error, { type: "JobFailure", message: "Later" })
  assert.ok(logger.has("Left out the details"))
  assert.ok(logger.has("no more attempts after 1"))
})

test("the delay of the worker comes before the policy", async (t) => {
  const [id] = await add()
  run(t, {
    retryDelay: (attempt) => attempt * 7000,
    handlers: { mail: () => Promise.reject(new Error("no")) },
  })

  const { delayedUntil, attempts } = await until("the job has failed", async () => {
    const job = await details(id)
    return job.attempts.length > 0 && job
  })
  assert.equal(delayedUntil - attempts[0].ended, 7000)
})

test("params that cannot be decoded fail the job for a while", async (t) => {
  const [id] = await add()
  const { worker } = run(t, {
    handlers: {
      mail: {
        handler: () => assert.fail("not reached"),
        params: () => { throw new TypeError("to is missing") },
      },
    },
  })
  await until("the job is seen", () => worker.counts.undecodable === 1)

  const job = await until("the job has failed", async () => {
    const job = await details(id)
    return job.attempts.length > 0 && job
  })
  assert.equal(job.error.message, "to is missing")
  assert.equal(job.delayedUntil - job.attempts[0].ended, 60_000)
})

test("progress that is too large is an error of the handler", async (t) => {
  const [id] = await add()
  run(t, { handlers: { mail: (_, context) => context.progress("x".repeat(65_535)) } })

  const job = await until("the job has failed", async () => {
    const job = await details(id)
    return job.error && job
  })
  assert.equal(job.error.type, "RangeError")
})

test("a result that the service refuses fails the job for good, and no other", async (t) => {
  const ids = await add(3)
  const { open, opened } = gate()
  const { worker } = run(t, {
    concurrency: 3,
    handlers: {
      mail: async ({ params }) => {
        await opened
        return params.number === 1 ? "x".repeat(1_100_000) : "small"
      },
    },
  })
  await until("all run", () => worker.running === 3)
  open()
  await until("the others are completed", () => worker.counts.completed === 2)

  const job = await until("the job has failed", async () => {
    const job = await details(ids[1])
    return job.failed && job
  })
  assert.equal(job.error.type, "ResultRefused")
})

test("a result that JSON cannot hold fails the job", async (t) => {
  const [id] = await add()
  run(t, { handlers: { mail: () => ({ share: NaN }) } })

  const job = await until("the job has failed", async () => {
    const job = await details(id)
    return job.error && job
  })
  assert.match(job.error.message, /NaN/)
})
