import { parse, stringify } from "../wire/json.js"

/** The largest progress and the largest details of an error, in bytes of JSON. */
export const mostReported = 64 * 1024

/** @typedef {import("./worker.js").JobContext} Declared - What the types of the package say. */

/**
 * What a handler can tell and ask while it handles a job.
 *
 * @implements {Declared}
 */
export class JobContext {
  #leases
  #lease

  /**
   * @param {import("./leases.js").WorkerLeases} leases
   * @param {import("./leases.js").HeldLease} lease
   */
  constructor(leases, lease) {
    this.#leases = leases
    this.#lease = lease
  }

  get signal() {
    return this.#lease.controller.signal
  }

  get isCancelled() {
    return this.signal.aborted
  }

  get isCancelRequested() {
    return this.#lease.isCancelRequested
  }

  /** @type {import("./worker.js").JobContext["progress"]} */
  progress(value) {
    if (value === undefined || value === null) return
    // A copy, since the handler may change the value before it is sent.
    const text = stringify(value)
    if (Buffer.byteLength(text) > mostReported) {
      throw new RangeError(`The progress has more than ${mostReported} bytes of JSON`)
    }
    this.#leases.report(this.#lease, parse(text))
  }
}
