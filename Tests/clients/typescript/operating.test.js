import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { JobsClient } from "../../../Sources/clients/typescript/src/index.js"
import { Proxy } from "./support/proxy.js"

// What operators' calls look like on the wire, and what they answer, without a service: the program need
// not have these operations yet.

let proxy
let client
before(async () => {
  proxy = await Proxy.start("http://127.0.0.1:1")
  client = new JobsClient(proxy.url)
})
after(() => proxy.stop())

/** Has the next call of an operation be answered so. */
const answer = (operation, body) => proxy.fail(operation, { status: 200, body })
const sent = (operation) => proxy.calls(operation).at(-1).body

const type = {
  type: "mail", oldest_ready: 1500, waiting: 2, last_claim: "2026-11-29T06:00:00.000Z",
  counts: {
    ready: 1, delayed: 0, running: 0, exhausted: 0, expired: 0, completed: 0, failed: 0, cancelled: 0,
  },
  workers: [{ worker: "w-1", last_claim: "2026-11-29T06:00:00.000Z", running: 1 }],
  paused: { since: "2026-11-29T05:00:00.000Z", reason: "down" },
  limits: { max_running: 5, max_starts: { count: 10, period: 1000 } },
}
const moment = (hour) => new Date(`2026-11-29T0${hour}:00:00.000Z`)

test("types are listed with their workers, and with the pause of all", async () => {
  answer("get_types", { data: [type], paused: { since: "2026-11-29T05:00:00.000Z" } })

  const page = await client.getTypes({ type: "mail", paging: { take: 1 } })

  assert.deepEqual(sent("get_types"), { type: "mail", paging: { take: 1 } })
  assert.deepEqual([page.total, page.paused], [null, { since: moment(5) }])
  const [{ workers, paused, limits, oldestReady, lastClaim }] = page.data
  assert.deepEqual(workers, [{ worker: "w-1", lastClaim: moment(6), running: 1 }])
  assert.deepEqual(paused, { since: moment(5), reason: "down" })
  assert.deepEqual(limits, { maxRunning: 5, maxStarts: { count: 10, period: 1000 } })
  assert.deepEqual([oldestReady, lastClaim], [1500, moment(6)])
})

test("settings of a type are sent, and taken away with null", async () => {
  answer("set_type", type)
  const settings = {
    maxRunning: null, maxStarts: { count: 1, period: 1000 }, retention: { failed: 0 },
    retry: { maxDelay: 5 }, maxRunningPerGroup: undefined,
  }

  await client.setType({ type: "mail", ...settings })

  assert.deepEqual(sent("set_type"), {
    type: "mail", max_running: null, max_starts: { count: 1, period: 1000 },
    retention: { failed: 0 }, retry: { max_delay: 5 },
  })
})

test("a type is paused until a moment, and resumed", async () => {
  answer("pause_type", type)
  answer("resume_type", { ...type, paused: undefined })

  const paused = await client.pauseType({ type: "mail", reason: "down", until: moment(7) })
  const resumed = await client.resumeType({ type: "mail" })

  assert.deepEqual(
    sent("pause_type"), { type: "mail", reason: "down", until: "2026-11-29T07:00:00.000Z" })
  assert.deepEqual([paused.paused.reason, resumed.paused], ["down", undefined])
})

test("a schedule has a job", async () => {
  const shown = {
    id: "nightly", cron: "0 3 * * *", time_zone: "UTC", overlap: "allow", catch_up: "one",
    new_job: { type: "mail", ref_id: "1", ttl: 0, params: { some_key: 1 } },
    next: "2026-11-29T03:00:00.000Z",
  }
  answer("set_schedule", shown)
  answer("get_schedules", { data: [shown], total: 1 })
  answer("delete_schedule", shown)

  const schedule = await client.setSchedule({
    id: "nightly", cron: "0 3 * * *", catchUp: "none",
    newJob: { type: "mail", refId: "1", maxRetries: 3, params: { some_key: 1 } },
  })
  const page = await client.getSchedules({ id: "nightly" })
  const deleted = await client.deleteSchedule({ id: "nightly" })

  assert.deepEqual(sent("set_schedule"), {
    id: "nightly", cron: "0 3 * * *", catch_up: "none",
    new_job: { type: "mail", ref_id: "1", ttl: 0, max_retries: 3, params: { some_key: 1 } },
  })
  assert.deepEqual([schedule.timeZone, schedule.next], ["UTC", moment(3)])
  assert.deepEqual(schedule.newJob, { type: "mail", refId: "1", ttl: 0, params: { some_key: 1 } })
  assert.deepEqual([page.total, page.data[0].id, deleted.id], [1, "nightly", "nightly"])
})

test("a job is explained, or there is none", async () => {
  const job = { id: "1", created: "2026-11-29T05:00:00.000Z", ref_id: "order-7" }
  answer("explain_job", {
    job, state: "ready", code: "PAUSED", message: "Type mail is paused.",
    since: "2026-11-29T05:00:00.000Z", details: { all_types: false },
  })
  proxy.fail("explain_job", { status: 204 })

  const explanation = await client.explainJob({ jobId: "1" })

  assert.deepEqual(sent("explain_job"), { job_id: "1" })
  assert.deepEqual([explanation.code, explanation.since], ["PAUSED", moment(5)])
  assert.deepEqual(explanation.details, { all_types: false })
  assert.deepEqual(explanation.job, { id: "1", created: moment(5), refId: "order-7" })
  assert.equal(await client.explainJob({ jobId: "2" }), null)
})
