import { randomUUID } from "node:crypto"
import { JobsClientError } from "../errors.js"

/** @typedef {import("../operations.js").Operation} Operation */

/** How long a service is assumed not to know request ids, since it can be upgraded. */
const missingFor = 60_000

/**
 * What is known of a service: whether it serves a request id once.
 *
 * A service that knows request ids says so in its answers to calls that have some. An older one may ignore
 * them, so that a repeated add would add a second job. If a part of the instances behind one address is
 * older, their answers take the knowledge back.
 */
export class RequestIds {
  constructor() {
    /** @type {"known" | "missing" | "unknown"} */
    this.noted = "unknown"
    this.since = 0
  }

  get knowledge() {
    const isOld = this.noted === "missing" && performance.now() - this.since >= missingFor
    return isOld ? "unknown" : this.noted
  }

  /**
   * Records what an answer says.
   *
   * @param {boolean} isKnown
   */
  note(isKnown) {
    // An older instance among newer ones keeps calls from being repeated for a while.
    if (isKnown && this.knowledge === "missing") return
    this.noted = isKnown ? "known" : "missing"
    this.since = performance.now()
  }

  /**
   * Records what the error of a call with request ids says.
   *
   * @param {JobsClientError} error
   * @param {boolean} isAnnounced - Whether the answer says that the service knows them.
   */
  noteError(error, isAnnounced) {
    const mayComplain = [404, 405].includes(error.status ?? 0)
      || (error.status === 400 && error.code === "INVALID_DATA")
    if (!isAnnounced && mayComplain) this.note(false)
  }
}

/**
 * Gives the items of an add or a claim a request id that no other call has, if they have none.
 *
 * @param {Record<string, unknown>[]} items
 * @returns {Record<string, unknown>[]} The items that were given one.
 */
export function identify(items) {
  const given = items.filter((item) => item.request_id === undefined || item.request_id === null)
  for (const item of given) item.request_id = randomUUID()
  return given
}

/**
 * A call that does nothing, in the scope of an add or a claim, whose answer says whether the service knows
 * request ids.
 *
 * @param {Operation} operation
 */
export function probe(operation) {
  return operation.name.startsWith("add_")
    ? { name: "add_jobs", body: '{"new_jobs":[]}' } : { name: "extend_jobs", body: '{"jobs":[]}' }
}
