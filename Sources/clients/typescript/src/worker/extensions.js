import { withCallContext } from "../callContext.js"
import { JobsClientError, LockLostError } from "../errors.js"
import { MergingLane } from "./lane.js"

/** @typedef {import("./leases.js").HeldLease} HeldLease */
/** @typedef {import("./leases.js").WorkerLeases} WorkerLeases */

/**
 * Extends leases and sends the progress of their handlers, one call at a time, so that progress arrives in
 * the order in which it was reported.
 */
export class WorkerExtensions {
  /**
   * @param {import("../client.js").JobsClient} client
   * @param {WorkerLeases} leases
   * @param {import("./worker.js").WorkerLogger} logger
   */
  constructor(client, leases, logger) {
    this.client = client
    this.leases = leases
    this.logger = logger
    /** @type {MergingLane<HeldLease[], undefined>} */
    this.lane = new MergingLane(async (calls) => {
      await withCallContext({}, () => this.#extend([...new Set(calls.flat())]))
      return calls.map(() => undefined)
    })
  }

  /**
   * Extends leases with one call, and records the results. Leases that are not extended end.
   *
   * @param {HeldLease[]} leases
   */
  async extend(leases) {
    await this.lane.call(leases)
  }

  /** @param {HeldLease[]} leases */
  async #extend(leases) {
    const sent = performance.now()
    const { timeout } = this.leases
    const extensions = leases.filter((lease) => this.leases.held.has(lease)).map((lease) => ({
      lease, progress: this.leases.takeProgress(lease, sent),
    }))
    if (extensions.length === 0) return
    const limit = timeout / 3
    try {
      const results = await this.client.extendJobs(
        extensions.map(({ lease, progress }) => ({
          jobId: lease.job.id, lockToken: lease.job.lockToken, timeout, progress: progress?.value,
        })),
        { timeout: limit, deadline: limit })
      for (const [index, { lease, progress }] of extensions.entries()) {
        const result = results[index]
        if (result !== undefined) this.#record(lease, progress, result, sent)
      }
    } catch (error) {
      if (!(error instanceof JobsClientError) || error.isRetryable) {
        for (const { lease, progress } of extensions) lease.progress ??= progress
      }
      this.logger.warn(`Failed to extend ${extensions.length} leases`, { error: String(error) })
    }
  }

  /**
   * Records the result of an extension.
   *
   * @param {HeldLease} lease
   * @param {{ value: unknown } | undefined} progress
   * @param {PromiseSettledResult<import("../types.js").Job | null>} result
   * @param {number} sent
   */
  #record(lease, progress, result, sent) {
    const { leases } = this
    if (result.status === "fulfilled") {
      const job = result.value
      if (job === null) return leases.lose(lease, "the job was removed")
      if (job.cancelled !== undefined) return leases.lose(lease, "the job was cancelled")
      if (job.started === null || job.completed !== null) {
        return leases.lose(lease, "the job is no longer started")
      }
      leases.renew(lease, sent)
      if (job.cancelRequested !== undefined) leases.requestCancellation(lease)
      return
    }
    const error = result.reason
    if (error instanceof LockLostError) return leases.lose(lease, "another client took it over")
    if (error instanceof JobsClientError && error.isRetryable) lease.progress ??= progress
    this.logger.warn("Failed to extend a lease", { jobId: lease.job.id, error: String(error) })
  }
}
