import { withCallContext } from "../callContext.js"
import { Backoff } from "../backoff.js"
import { JobsClientError, LockLostError } from "../errors.js"
import { sleep } from "../sleep.js"
import { stringify } from "../wire/json.js"
import { JobContext } from "./context.js"
import { isAboutContent } from "./ends.js"
import { failureOf, prospect, UndecodableParams } from "./failing.js"
import { JobFailure } from "./failure.js"

/** @typedef {import("./ends.js").Outcome} Outcome */

/** The maximum time of a claim. After a longer time, too little is left to extend the lease. */
export const longestWay = (/** @type {number} */ timeout) => (timeout * 2) / 3

/** One job of a worker, from the claim until its end is reported to the service. */
export class WorkerJob {
  /**
   * @param {import("./run.js").WorkerRun} run
   * @param {import("./run.js").Kind} kind
   * @param {import("../types.js").StartedJob} job
   * @param {number} sent - When the claim was sent.
   */
  constructor(run, kind, job, sent) {
    this.run = run
    this.kind = kind
    this.job = job
    this.sent = sent
    this.lease = run.leases.hold(job, sent)
    this.reference = { jobId: job.id, lockToken: job.lockToken }
  }

  /** Handles the job and reports its end. Never throws. */
  async work() {
    try {
      await this.#work()
    } catch (error) {
      this.#log("error", "The worker failed; the lease of the job will lapse", error)
    } finally {
      this.run.leases.drop(this.lease)
    }
  }

  async #work() {
    const { run, lease } = this
    if (run.isStopping) return this.#abort("the worker stops")
    // The claim took so long that the lease could end before it is extended.
    if (performance.now() - this.sent >= longestWay(run.options.timeout)) {
      return this.#abort("the claim took too long")
    }
    const result = await this.#handle()
    // A handler that blocked the event loop may have outlived its lease unnoticed.
    run.leases.loseOverdue(performance.now())
    if (lease.loss?.kind === "lost") {
      this.#log("warn", `Lost the lease: ${lease.loss.reason}`)
      return run.count("lost")
    }
    if (lease.loss !== undefined) return this.#abort("the grace period is over")
    if (lease.isCancelRequested) return this.#abort("it is to be cancelled", "cancelled")
    return "error" in result ? this.#fail(result.error) : this.#complete(result.value)
  }

  /**
   * Runs the handler.
   *
   * @returns {Promise<{ value: unknown } | { error: unknown }>}
   */
  async #handle() {
    const { job, kind, run } = this
    this.#log("debug", "Handling")
    run.running += 1
    try {
      const context = new JobContext(run.leases, this.lease)
      const calls = { correlationId: job.id, traceparent: job.traceparent }
      const value = await withCallContext(calls, async () =>
        kind.handler(await this.#withParams(), context))
      // A result that cannot be written fails the job.
      if (value !== undefined && value !== null) stringify(value)
      return { value }
    } catch (error) {
      return { error }
    } finally {
      run.running -= 1
    }
  }

  /** The job with the params that the handler wants. */
  async #withParams() {
    const { params } = this.kind
    if (params === undefined) return this.job
    try {
      return { ...this.job, params: await params(this.job.params) }
    } catch (error) {
      throw new UndecodableParams(error)
    }
  }

  /** @param {unknown} value */
  async #complete(value) {
    const result = value ?? undefined
    const outcome = await this.#report(() => this.run.ends.complete({ ...this.reference, result }))
    if (outcome.error === undefined) {
      const { job } = outcome
      if (job !== null && job.completed === null) {
        const end = job.cancelled === undefined ? "had ended" : "was cancelled"
        this.#log("warn", `The job ${end} before it was completed`)
        return this.run.count("lost")
      }
      this.#log("debug", "Completed")
      return this.run.count("completed")
    }
    const { error } = outcome
    if (error instanceof LockLostError) {
      this.#log("warn", "Lost the lease before the job was completed", error)
      return this.run.count("lost")
    }
    if (isAboutContent(error) && result !== undefined) {
      // The next attempt would have the same result.
      return this.#fail(new JobFailure(error.message, { type: "ResultRefused", retry: false }))
    }
    this.#log("error", "Failed to report the completion; the job will be handled again", error)
    return this.run.count("untold")
  }

  /** @param {unknown} thrown */
  async #fail(thrown) {
    const { run, job } = this
    const isUndecodable = thrown instanceof UndecodableParams
    run.count(isUndecodable ? "undecodable" : "failed")
    const failure = failureOf(thrown, job, run.options, (message) => this.#log("warn", message))
    const outcome = await this.#report(() => run.ends.fail({ ...this.reference, ...failure }))
    const event = isUndecodable ? "The params cannot be decoded" : "The handler failed"
    const reason = isUndecodable ? thrown.reason : thrown
    if (outcome.error === undefined) {
      const next = prospect(job, outcome.job, failure.delay, run.options.maxRetries)
      return this.#log("error", `${event}; ${next}`, reason)
    }
    this.#log("error", event, reason)
    const what = outcome.error instanceof LockLostError
      ? "Lost the lease before the failure was reported"
      : "Failed to report the failure; the lease will lapse"
    this.#log("warn", what, outcome.error)
  }

  /**
   * Gives back a job that was not handled to its end, without a delay.
   *
   * @param {string} reason
   * @param {"returned" | "cancelled"} [count]
   */
  async #abort(reason, count = "returned") {
    this.run.count(count)
    const outcome = await this.#report(() => this.run.ends.abort(this.reference))
    if (outcome.error === undefined) return this.#log("info", `Aborted the job: ${reason}`)
    this.#log("warn", `Failed to abort the job (${reason}); its lease will lapse`, outcome.error)
  }

  /**
   * Sends the last progress, then makes a call, and repeats it as long as the lease lasts and the worker
   * has time. A repetition is safe, because no other worker can hold the lease during that time.
   *
   * @param {() => Promise<Outcome>} call
   * @returns {Promise<Outcome>}
   */
  async #report(call) {
    const { leases, extensions } = this.run
    if (leases.hasProgress(this.lease)) await extensions.extend([this.lease])
    const pauses = new Backoff(50, 2000)
    for (;;) {
      const outcome = await call()
      if (outcome.error === undefined || !outcome.error.isRetryable) return outcome
      if (this.lease.loss !== undefined) return outcome
      const pause = pauses.next()
      if (performance.now() + pause >= leases.end(this.lease)) return outcome
      await sleep(pause)
    }
  }

  /**
   * @param {"debug" | "info" | "warn" | "error"} level
   * @param {string} message
   * @param {unknown} [error]
   */
  #log(level, message, error) {
    const { id: jobId, type, retries: attempt } = this.job
    // Errors of the client are told in one line; those of handlers with their stack.
    const told = error instanceof JobsClientError ? String(error) : error
    this.run.options.logger[level](
      message, { jobId, type, attempt, ...(error === undefined ? {} : { error: told }) })
  }
}
