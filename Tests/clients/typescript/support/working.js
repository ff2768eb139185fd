import { after, before, beforeEach } from "node:test"
import { JobsClient, JobsWorker } from "../../../../Sources/clients/typescript/src/index.js"
import { Service } from "./service.js"
import { recordingLogger } from "./waiting.js"

// A service for the tests of a file, which is empty before each, and workers of it.

export let service
export let client
before(async () => {
  service = await Service.start()
  client = new JobsClient(service.url)
})
after(() => service.stop())
beforeEach(() => client.deleteJobs())

export const details = (jobId) => client.getJobById({ jobId, details: true })

/** Runs a worker until the test ends. */
export function run(t, options, ownClient = client) {
  const logger = recordingLogger()
  const worker = new JobsWorker(ownClient, { timeout: 3000, gracePeriod: 1000, logger, ...options })
  const running = worker.run({ signals: [] })
  t.after(() => {
    worker.stop()
    return running
  })
  return { worker, running, logger }
}

/** Adds jobs of the type mail; returns their ids. */
export async function add(count = 1, more = {}) {
  const results = await client.addJobs(Array.from({ length: count }, (_, number) =>
    ({ type: "mail", refId: `${number}`, params: { number }, ...more })))
  return results.map(({ value }) => value.id)
}
