import { checkedOptions, processName } from "./options.js"
import { WorkerRun } from "./run.js"

export { processName }

/** @typedef {import("./worker.js").JobsWorker} Declared - What the types of the package say. */

/**
 * A worker that claims jobs and runs a handler for each, several at a time.
 *
 * @implements {Declared}
 */
export class JobsWorker {
  #client
  #options
  /** @type {WorkerRun | undefined} */
  #run

  /**
   * @param {import("../client.js").JobsClient} client
   * @param {import("./worker.js").JobsWorkerOptions} options
   */
  constructor(client, options) {
    this.#client = client
    this.#options = checkedOptions(options)
    /** @type {import("./worker.js").WorkerCounts} */
    this.counts = {
      completed: 0, failed: 0, undecodable: 0, lost: 0, cancelled: 0, returned: 0, untold: 0,
    }
  }

  get running() {
    return this.#run?.running ?? 0
  }

  /** @type {import("./worker.js").JobsWorker["run"]} */
  async run(options = {}) {
    const { signals = ["SIGTERM", "SIGINT"], signal } = options
    if (this.#run !== undefined) throw new Error("The worker runs already")
    const run = new WorkerRun(this.#client, this.#options, this.counts)
    this.#run = run
    const stop = () => run.stop()
    // A second signal stops the worker at once.
    const onSignal = () => (run.isStopping ? run.stopNow() : run.stop())
    for (const name of signals) process.on(name, onSignal)
    signal?.addEventListener("abort", stop, { once: true })
    if (signal?.aborted) stop()
    try {
      await run.run()
    } finally {
      for (const name of signals) process.off(name, onSignal)
      signal?.removeEventListener("abort", stop)
      this.#run = undefined
    }
  }

  stop() {
    this.#run?.stop()
  }
}
