import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { fileURLToPath } from "node:url"
import { JobsClient } from "../../../Sources/clients/typescript/src/index.js"
import { Service } from "./support/service.js"
import { until } from "./support/waiting.js"

// The programs of the package's README, as they stand.

const root = fileURLToPath(new URL("../../../Sources/clients/typescript", import.meta.url))
let service
let directory
before(async () => {
  service = await Service.start()
  directory = await mkdtemp(join(tmpdir(), "jobs-client-readme-"))
  await mkdir(join(directory, "node_modules"))
  await symlink(root, join(directory, "node_modules/jobs-client"))
  const readme = await readFile(join(root, "README.md"), "utf8")
  for (const [, name, code] of readme.matchAll(/```js\n\/\/ (\w+\.mjs)\n(.*?)```/gs)) {
    await writeFile(join(directory, name), code)
  }
})
after(async () => {
  await service.stop()
  await rm(directory, { recursive: true })
})

test("the README of the project shows the same worker", async () => {
  const worker = await readFile(join(directory, "worker.mjs"), "utf8")
  const project = await readFile(join(root, "../../../README.md"), "utf8")
  assert.ok(project.includes(worker))
})

function start(t, name) {
  const child = spawn(process.execPath, [join(directory, name), service.url], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  t.after(() => child.kill("SIGKILL"))
  const ended = new Promise((resolve) => child.once("close", resolve))
  const output = { text: "" }
  child.stdout.setEncoding("utf8").on("data", (text) => { output.text += text })
  return { child, ended, output }
}

test("the worker of the README does the job of its producer", async (t) => {
  const client = new JobsClient(service.url)
  const worker = start(t, "worker.mjs")
  const producer = start(t, "producer.mjs")

  assert.equal(await producer.ended, 0)
  const jobId = producer.output.text.match(/^Added job (\w+)$/m)[1]
  const job = await until("the job is completed", async () => {
    const job = await client.getJobById({ jobId })
    return job.completed && job
  })
  worker.child.kill("SIGTERM")
  assert.equal(await worker.ended, 0)
  assert.deepEqual([job.result, job.progress], [{ sent: true }, { page: 1 }])
  assert.match(worker.output.text, /Attempt 1: mail to ann@example.com/)
})
