import assert from "node:assert/strict"
import { test } from "node:test"
import {
  currentCallContext, JobFailure, JobsClient, JobsWorker, processName,
} from "../../../Sources/clients/typescript/src/index.js"
import { Proxy } from "./support/proxy.js"
import { gate, until } from "./support/waiting.js"
import { add, client, details, run, service } from "./support/working.js"

// What a worker does while all goes well.

test("what a handler returns is the result of its job", async (t) => {
  const ids = await add(3)
  run(t, { concurrency: 2, handlers: { mail: (job) => ({ twice: job.params.number * 2 }) } })

  for (const [index, id] of ids.entries()) {
    const job = await until("the job is completed", async () => {
      const job = await details(id)
      return job.completed && job
    })
    assert.deepEqual(job.result, { twice: index * 2 })
    assert.equal(job.worker, processName)
  }
})

test("types share slots in the order of the handlers", async (t) => {
  const proxy = await Proxy.start(service.url)
  t.after(() => proxy.stop())
  await add(10, { type: "low" })
  await add(10, { type: "high" })
  const order = []
  let [now, most] = [0, 0]
  const handler = async ({ type }) => {
    order.push(type)
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setTimeout(resolve, 10))
    now -= 1
  }
  const handlers = { high: handler, low: handler }
  const { worker } = run(t, { concurrency: 2, shared: true, waitTimeout: 5000, handlers },
    new JobsClient(proxy.url))

  await until("all are completed", () => worker.counts.completed === 20)
  // While it waits for both, a job of either wakes it.
  for (const type of ["low", "high"]) {
    const [begin, { completed }] = [performance.now(), worker.counts]
    await add(1, { type })
    await until("the job is completed", () => worker.counts.completed === completed + 1)
    assert.ok(performance.now() - begin < 4000)
  }

  assert.deepEqual(order.slice(0, 20), [...Array(10).fill("high"), ...Array(10).fill("low")])
  assert.equal(most, 2)
  const { types, type } = proxy.calls("start_jobs_by_type")[0].body
  assert.deepEqual(types, ["high", "low"])
  assert.equal(type, undefined)
  assert.throws(
    () => new JobsWorker(client, { timeout: 1, shared: true, handlers: { a: { handler, concurrency: 3 } } }),
    /share/)
})

test("jobs are claimed and completed in batches", async (t) => {
  const proxy = await Proxy.start(service.url)
  t.after(() => proxy.stop())
  await add(200)
  const { worker } = run(t, { concurrency: 100, handlers: { mail: () => 1 } },
    new JobsClient(proxy.url))

  await until("all are completed", () => worker.counts.completed === 200)

  const claims = proxy.count("start_jobs_by_type")
  assert.ok(claims < 30, `${claims} claims`)
  const ends = proxy.count("complete_jobs") + proxy.count("complete_job")
  assert.ok(ends < 60, `${ends} completions`)
})

test("no more jobs run at a time than there are slots, and each type has its own", async (t) => {
  await add(6)
  await add(6, { type: "print" })
  const most = { mail: 0, print: 0 }
  const now = { mail: 0, print: 0 }
  const handler = async ({ type }) => {
    now[type] += 1
    most[type] = Math.max(most[type], now[type])
    await new Promise((resolve) => setTimeout(resolve, 30))
    now[type] -= 1
  }
  const { worker } = run(t, {
    concurrency: 2, handlers: { mail: handler, print: { handler, concurrency: 3 } },
  })

  await until("all are completed", () => worker.counts.completed === 12)

  assert.deepEqual(most, { mail: 2, print: 3 })
})

test("a job that is added while the worker waits begins at once", async (t) => {
  const begun = gate()
  run(t, { timeout: 60_000, handlers: { mail: () => begun.open(performance.now()) } })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const added = performance.now()
  await add()

  assert.ok((await begun.opened) - added < 1000)
})

test("the lease is kept as long as the handler runs", async (t) => {
  const [id] = await add()
  const { open, opened } = gate()
  const { worker } = run(t, { timeout: 1500, handlers: { mail: () => opened } })
  await until("the job is started", async () => (await details(id)).started)
  await new Promise((resolve) => setTimeout(resolve, 2500))

  const job = await details(id)
  open()
  await until("the job is completed", () => worker.counts.completed === 1)

  assert.equal(job.state, "running")
  assert.equal(job.retries, 1)
})

test("params are given to the handler as they were converted", async (t) => {
  await add()
  const { open, opened } = gate()
  run(t, {
    handlers: {
      mail: { handler: (job) => open(job.params), params: async ({ number }) => `n${number}` },
    },
  })

  assert.equal(await opened, "n0")
})

test("progress is sent while the handler runs, and when it ends", async (t) => {
  const [id] = await add()
  const { open, opened } = gate()
  run(t, {
    progressInterval: 10,
    handlers: {
      mail: async (job, context) => {
        const progress = { page: 1 }
        context.progress(progress)
        progress.page = "changed later"
        await opened
        context.progress({ page: 2 })
        throw new JobFailure("half done", { delay: 0 })
      },
    },
  })
  await until("the progress is seen", async () => (await details(id)).progress?.page === 1)
  open()

  await until("the last progress is seen", async () => (await details(id)).progress?.page === 2)
})

test("a cancelled job stops its handler, and is not tried again", async (t) => {
  const [id] = await add()
  const seen = gate()
  const { worker } = run(t, {
    timeout: 1500,
    handlers: {
      mail: (_, context) => new Promise((resolve) => {
        context.signal.addEventListener("abort", () => {
          seen.open({ why: context.isCancelRequested, reason: context.signal.reason })
          resolve("as if it were done")
        })
      }),
    },
  })
  await until("the job runs", () => worker.running === 1)
  await client.cancelJob({ jobId: id })

  const { why, reason } = await seen.opened
  const job = await until("the job is cancelled", async () => {
    const job = await details(id)
    return job.cancelled && job
  })
  assert.equal(why, true)
  assert.equal(reason.name, "AbortError")
  assert.equal(job.completed, null)
  assert.equal(worker.counts.cancelled, 1)
})

test("calls in a handler belong to its job", async (t) => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
  const [id] = await add(1, { traceparent })
  const seen = gate()
  run(t, {
    handlers: {
      mail: async () => {
        await client.addJob({ type: "next", refId: "1" })
        seen.open(currentCallContext())
      },
    },
  })

  assert.deepEqual(await seen.opened, { correlationId: id, traceparent })
  assert.equal((await client.startJobByType({ type: "next", timeout: 1000 })).traceparent, traceparent)
})

test("options that no worker could work with are refused", () => {
  const handlers = { mail: () => 1 }
  for (const options of [
    { timeout: 1000 }, { timeout: 1000, handlers: {} }, { timeout: 0, handlers }, { handlers },
    { timeout: 1000, handlers, concurrency: 0 }, { timeout: 1000, handlers: { mail: 1 } },
    { timeout: 1000, handlers, gracePeriod: -1 },
  ]) {
    assert.throws(() => new JobsWorker(client, options), TypeError, JSON.stringify(options))
  }
})

test("a worker runs once at a time", async (t) => {
  const { worker, running } = run(t, { handlers: { mail: () => 1 } })

  await assert.rejects(worker.run(), /runs already/)
  worker.stop()
  await running
})
