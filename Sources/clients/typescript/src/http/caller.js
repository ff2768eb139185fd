import { Backoff } from "../backoff.js"
import { JobsClientError, OutcomeUnknownError, UnavailableError } from "../errors.js"
import { sleep } from "../sleep.js"
import { mayBeRepeated } from "./repetition.js"
import { identify, probe, RequestIds } from "./requestIds.js"
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
    this.requestIds = new RequestIds()
    this.transport = new Transport(options, this.requestIds)
  }

  /**
   * Sends a request; adds and claims with request ids, unless the service does not know them.
   *
   * @param {Request} request
   * @param {CallOptions} options
   */
  async call(request, options) {
    const isIdentified = request.operation.repetition === "request" && this.options.requestIds
      && this.requestIds.knowledge !== "missing"
    if (!isIdentified) return this.repeat(request, options)
    const given = identify(request.items)
    try {
      return await this.repeat(request, options)
    } catch (error) {
      const wasRefused = error instanceof JobsClientError && error.kind === "refused"
      const isOld = wasRefused && this.requestIds.knowledge === "missing"
      if (given.length === 0 || !isOld) throw error
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
    const timeout = options.timeout ?? own.timeout
    const deadline = options.deadline ?? own.deadline
    const end = deadline === undefined ? Infinity : performance.now() + deadline + wait
    const pauses = new Backoff(own.retryPause, own.retryPause * 50)
    const isRepeatable = mayBeRepeated(operation, items)
    const isIdentified = operation.repetition === "request" && isRepeatable
    const text = body()
    let retries = options.retries ?? own.retries
    /** @type {JobsClientError | undefined} */
    let answer
    /**
     * The error of the first attempt that may have been carried out.
     *
     * @type {JobsClientError | undefined}
     */
    let doubt
    /**
     * @param {string} name
     * @param {string} body
     * @param {number} timeout
     */
    const send = (name, body, timeout) => this.transport.send({
      path: `${own.baseRoute}/${name}`, body, isIdentified, options,
      timeout: Math.min(timeout, end - performance.now()),
    })
    for (;;) {
      let isUnsafe = false
      try {
        isUnsafe = doubt !== undefined && isIdentified
          && !(await this.#knowsRequestIds(operation, send, timeout))
        if (isUnsafe) {
          throw doubt
        }
        return await send(operation.name, text, timeout + wait)
      } catch (error) {
        if (!(error instanceof JobsClientError) || options.signal?.aborted) throw error
        if (error.status !== undefined) answer = error
        if (error.mayHaveHappened) doubt ??= error
        const asked = error.retryAfter ?? 0
        const pause = Math.max(pauses.next(), asked)
        const isSafe = error.isRetryable && !isUnsafe && (!error.mayHaveHappened || isRepeatable)
        // A pause that is longer than a call is left to the caller.
        const isInTime = asked <= own.timeout && performance.now() + pause < end
        if (retries <= 0 || !isSafe || !isInTime) throw told(error, answer, doubt)
        retries -= 1
        await sleep(pause, options.signal)
      }
    }
  }

  /**
   * Finds out whether the service knows request ids.
   *
   * @param {Operation} operation
   * @param {(name: string, body: string, timeout: number) => Promise<unknown>} send
   * @param {number} timeout
   * @throws {JobsClientError} if it cannot be found out now
   */
  async #knowsRequestIds(operation, send, timeout) {
    if (this.requestIds.knowledge === "unknown") {
      const { name, body } = probe(operation)
      try {
        await send(name, body, timeout)
      } catch (error) {
        // An older service, or one that does not say.
        if (error instanceof JobsClientError && !error.isRetryable) return false
        throw error
      }
    }
    return this.requestIds.knowledge === "known"
  }
}

/**
 * Returns the error to throw after the last attempt.
 *
 * What an earlier attempt was answered says more than a connection that failed afterwards. If an earlier
 * attempt may have been carried out, it does not help that the last one was not.
 *
 * @param {JobsClientError} last
 * @param {JobsClientError | undefined} answer
 * @param {JobsClientError | undefined} doubt
 */
function told(last, answer, doubt) {
  const isInDoubt = doubt !== undefined && last.kind === "unavailable"
  const isAnswered = last.status !== undefined || answer === undefined
  if (isAnswered && !isInDoubt) return last
  const Class = last.kind === "unavailable" && !isInDoubt ? UnavailableError : OutcomeUnknownError
  return isAnswered
    ? new Class(last.message, last)
    : new Class(`${answer.message} (and then: ${last.message})`, answer)
}
