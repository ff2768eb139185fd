// A worker as a process of its own, for tests of signals. It says on standard output what happens.

import { JobsClient, JobsWorker } from "../../../../Sources/clients/typescript/src/index.js"

const say = (event) => process.stdout.write(`${event}\n`)
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

const worker = new JobsWorker(new JobsClient(process.env.JOBS_URL), {
  timeout: 5000, gracePeriod: Number(process.env.GRACE_PERIOD), logger: quiet,
  handlers: {
    mail: (job, context) => new Promise((resolve) => {
      say("begun")
      const timer = setTimeout(resolve, Number(process.env.WORK_TIME))
      context.signal.addEventListener("abort", () => {
        say("stopped")
        clearTimeout(timer)
        resolve()
      })
    }),
  },
})
const running = worker.run()
say("running")
await running
say("over")
