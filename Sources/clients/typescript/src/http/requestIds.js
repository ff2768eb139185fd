import { randomUUID } from "node:crypto"
import { Backoff } from "../backoff.js"
import { JobsClientError } from "../errors.js"
import { sleep } from "../sleep.js"
import { takesRequestId } from "./repetition.js"

/** @typedef {import("../client.js").CallOptions} CallOptions */
/** @typedef {import("../operations.js").Operation} Operation */

/** How long a service is assumed not to know request ids, since it can be upgraded. */
const missingFor = 60_000

/**
 * What one service knows of request ids, with which adds and claims can be repeated.
 *
 * A service that does not know them refuses a call that has one, and has done nothing. One that ignores
 * them would add twice, so no add is repeated before the description of the service has shown them.
 */
export class RequestIds {
  /** @param {import("./transport.js").Transport} transport */
  constructor(transport) {
    this.transport = transport
    this.missingUntil = -Infinity
    /** Whether the description has request ids. */
    this.areDescribed = false
    this.undescribedUntil = -Infinity
  }

  /**
   * Gives the items of an add or a claim a request id if they have none.
   *
   * @param {Operation} operation
   * @param {Record<string, unknown>[]} items
   * @returns {Record<string, unknown>[]} The items that were given one.
   */
  give(operation, items) {
    const isWanted = takesRequestId(operation) && this.transport.options.requestIds
      && performance.now() >= this.missingUntil
    if (!isWanted) return []
    const given = items.filter((item) => item.request_id === undefined || item.request_id === null)
    for (const item of given) item.request_id = randomUUID()
    return given
  }

  /**
   * Whether a call was refused because of its request ids.
   *
   * @param {unknown} error
   */
  areRefused(error) {
    if (!(error instanceof JobsClientError) || error.mayHaveHappened) return false
    if (!error.ignoredArguments.some((name) => name.endsWith("request_id"))) return false
    this.missingUntil = performance.now() + missingFor
    return true
  }

  /**
   * Reads the description of the service when the answer to an add or a claim was lost.
   *
   * An older instance beside one that knows request ids refuses the repetition.
   *
   * @param {CallOptions} options
   */
  async areKnown(options) {
    const { retries, retryPause, timeout } = this.transport.options
    const pauses = new Backoff(retryPause, retryPause * 50)
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      if (this.areDescribed || performance.now() < this.undescribedUntil) break
      try {
        const described = await this.transport.send({ path: "openapi.json", options, timeout })
        this.areDescribed = JSON.stringify(described).includes('"request_id"')
      } catch (error) {
        if (!(error instanceof JobsClientError)) throw error
        if (error.isRetryable) {
          await sleep(pauses.next(), options.signal)
          continue
        }
        // Another kind of service has no such description.
      }
      if (!this.areDescribed) this.undescribedUntil = performance.now() + missingFor
    }
    return this.areDescribed
  }
}
