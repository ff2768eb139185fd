import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { after, before, beforeEach, test } from "node:test"
import { fileURLToPath } from "node:url"
import { JobsClient, JobsWorker } from "../../../Sources/clients/typescript/src/index.js"
import { Service } from "./support/service.js"
import { recordingLogger, until } from "./support/waiting.js"

// How a worker stops.

let service
let client
before(async () => {
  service = await Service.start()
  client = new JobsClient(service.url)
})
after(() => service.stop())
beforeEach(() => client.deleteJobs())

const details = (jobId) => client.getJobById({ jobId, details: true })
const add = () => client.addJob({ type: "mail", refId: "order-7" })

/** Starts a worker as a process. */
function spawnWorker(t, env) {
  const script = fileURLToPath(new URL("./support/worker-process.js", import.meta.url))
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, JOBS_URL: service.url, ...env }, stdio: ["ignore", "pipe", "inherit"],
  })
  t.after(() => child.kill("SIGKILL"))
  const said = []
  child.stdout.setEncoding("utf8").on("data", (text) => said.push(...text.trim().split("\n")))
  const ended = new Promise((resolve) => child.once("close", (code) => resolve(code)))
  return { child, said, ended }
}

test("on SIGTERM a handler may finish, and no further job is begun", async (t) => {
  const first = await add()
  const { child, said, ended } = spawnWorker(t, { WORK_TIME: "800", GRACE_PERIOD: "10000" })
  await until("the handler has begun", () => said.includes("begun"))
  const second = await add()
  child.kill("SIGTERM")

  assert.equal(await ended, 0)
  assert.deepEqual(said, ["running", "begun", "over"])
  assert.ok((await details(first.id)).completed)
  assert.equal((await details(second.id)).retries, 0)
})

test("after the grace period handlers are stopped, and their jobs given back", async (t) => {
  const { id } = await add()
  const { child, said, ended } = spawnWorker(t, { WORK_TIME: "60000", GRACE_PERIOD: "300" })
  await until("the handler has begun", () => said.includes("begun"))
  child.kill("SIGTERM")

  assert.equal(await ended, 0)
  assert.deepEqual(said, ["running", "begun", "stopped", "over"])
  const { state, attempts } = await details(id)
  assert.deepEqual([state, attempts[0].outcome], ["ready", "aborted"])
})

test("a second signal stops the worker without a grace period", async (t) => {
  const { id } = await add()
  const { child, said, ended } = spawnWorker(t, { WORK_TIME: "60000", GRACE_PERIOD: "60000" })
  await until("the handler has begun", () => said.includes("begun"))
  child.kill("SIGTERM")
  await new Promise((resolve) => setTimeout(resolve, 200))
  child.kill("SIGINT")

  assert.equal(await ended, 0)
  assert.equal((await details(id)).state, "ready")
})

test("a worker without jobs ends soon", async (t) => {
  const { child, said, ended } = spawnWorker(t, { WORK_TIME: "1", GRACE_PERIOD: "60000" })
  await until("the worker runs", () => said.includes("running"))
  child.kill("SIGINT")

  assert.equal(await ended, 0)
})

test("jobs that arrive after the stop are given back", async () => {
  const logger = recordingLogger()
  const worker = new JobsWorker(client, {
    timeout: 20_000, logger, handlers: { mail: () => assert.fail("not reached") },
  })
  const running = worker.run({ signals: [] })
  await new Promise((resolve) => setTimeout(resolve, 300))
  worker.stop()
  const { id } = await add()
  await running

  const { state, attempts } = await details(id)
  assert.equal(worker.counts.returned, 1)
  assert.deepEqual([state, attempts[0].outcome], ["ready", "aborted"])
  assert.ok(logger.has("Aborted the job: the worker stops"))
})

test("an AbortSignal stops a worker, also before it begins", async () => {
  const { id } = await add()
  const worker = new JobsWorker(client, {
    timeout: 20_000, logger: recordingLogger(), handlers: { mail: () => 1 },
  })

  await worker.run({ signals: [], signal: AbortSignal.abort() })

  assert.equal((await details(id)).retries, 0)
})
