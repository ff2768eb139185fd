import { Backoff } from "../backoff.js"
import { JobsClientError, OutcomeUnknownError, UnavailableError } from "../errors.js"
import { sleep } from "../sleep.js"
import { mayBeRepeated } from "./repetition.js"
import { RequestIds } from "./requestIds.js"
import { Transport } from "./transport.js"

/** @typedef {import("../client.js").CallOptions} CallOptions */
/** @typedef {import("../operations.js").Operation} Operation */

/**
 * What a request holds.
 *
 * @typedef {object} Request
 * @property {Operation} operation
 * @property {Record<string, unknown>[]} items - The arguments of the items, or of the request.
 * @property {() => string} body - Returns the JSON of the arguments.
 */

/** The longest wait that the service accepts, in milliseconds. */
const longestWait = 60_000

/** Calls the operations of one service, and repeats calls where that is safe. */
export class Caller {
  /** @param {import("./transport.js").Options} options */
  constructor(options) {
    this.options = options
    this.transport = new Transport(options)
    this.requestIds = new RequestIds(this.transport)
  }

  /**
   * Sends a request; an add or a claim with request ids, if the service knows them.
   *
   * @param {Request} request
   * @param {CallOptions} options
   */
  async call(request, options) {
    const given = this.requestIds.give(request.operation, request.items)
    try {
      return await this.repeat(request, options)
    } catch (error) {
      if (given.length === 0 || !this.requestIds.areRefused(error)) throw error
    }
    // Nothing was done: an older service has refused what it does not know.
    for (const item of given) delete item.request_id
    return this.repeat(request, options)
  }

  /**
   * @param {Request} request
   * @param {CallOptions} options
   */
  async repeat({ operation, items, body }, options) {
    const own = this.options
    const waitTimeout = items[0]?.wait_timeout
    const wait = typeof waitTimeout === "number" ? Math.min(Math.max(waitTimeout, 0), longestWait) : 0
    const timeout = (options.timeout ?? own.timeout) + wait
    const deadline = options.deadline ?? own.deadline
    const end = deadline === undefined ? Infinity : performance.now() + deadline + wait
    const pauses = new Backoff(own.retryPause, own.retryPause * 50)
    const path = `${own.baseRoute}/${operation.name}`
    const text = body()
    let retries = options.retries ?? own.retries
    /** @type {JobsClientError | undefined} */
    let answer
    for (;;) {
      try {
        return await this.transport.send({
          path, body: text, options, timeout: Math.min(timeout, end - performance.now()),
        })
      } catch (error) {
        if (!(error instanceof JobsClientError) || options.signal?.aborted) throw error
        if (error.status !== undefined) answer = error
        const asked = error.retryAfter ?? 0
        const pause = Math.max(pauses.next(), asked)
        const isTooLate = () =>
          // A pause that is longer than a call is left to the caller.
          asked > own.timeout || performance.now() + pause >= end
        if (retries <= 0 || !error.isRetryable || isTooLate()
          || (error.mayHaveHappened && !(await this.isSafe(operation, items, options)))
          || isTooLate()) {
          throw after(answer, error)
        }
        retries -= 1
        await sleep(pause, options.signal)
      }
    }
  }

  /**
   * Whether a call may be repeated although it may have been carried out.
   *
   * @param {Operation} operation
   * @param {readonly Record<string, unknown>[]} items
   * @param {CallOptions} options
   */
  async isSafe(operation, items, options) {
    return mayBeRepeated(operation, items)
      && (operation.repetition !== "request" || (await this.requestIds.areKnown(options)))
  }
}

/**
 * Returns the error to throw after the last attempt: what an earlier attempt was answered says more than
 * a connection that failed afterwards.
 *
 * @param {JobsClientError | undefined} answer
 * @param {JobsClientError} last
 */
function after(answer, last) {
  if (last.status !== undefined || answer === undefined) return last
  const Class = last.kind === "unavailable" ? UnavailableError : OutcomeUnknownError
  return new Class(`${answer.message} (and then: ${last.message})`, answer)
}
