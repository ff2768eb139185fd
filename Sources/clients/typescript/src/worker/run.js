import { Backoff } from "../backoff.js"
import { OutcomeUnknownError } from "../errors.js"
import { sleep, within } from "../sleep.js"
import { WorkerEnds } from "./ends.js"
import { WorkerExtensions } from "./extensions.js"
import { longestWay, WorkerJob } from "./job.js"
import { WorkerLeases } from "./leases.js"
import { WorkerSlots } from "./slots.js"

/** @typedef {ReturnType<typeof import("./options.js").checkedOptions>} Options */
/** @typedef {Options["lines"][number]} Line - The types that share slots. */
/** @typedef {Line["kinds"][number]} Kind - The jobs of one type and their handler. */
/** @typedef {import("./worker.js").WorkerCounts} WorkerCounts */

/** How long a running claim may take after a stop begins, since the service may hold it longer. */
const claimPatience = 1000
/** The maximum number of jobs of one claim. */
const mostJobs = 1000

/** One run of a worker: a loop of claims for the types that share slots, and the loops that extend and watch leases. */
export class WorkerRun {
  /**
   * @param {import("../client.js").JobsClient} client
   * @param {Options} options
   * @param {WorkerCounts} counts
   */
  constructor(client, options, counts) {
    this.client = client
    this.options = options
    this.counts = counts
    this.leases = new WorkerLeases(options.timeout, options.progressInterval)
    this.extensions = new WorkerExtensions(client, this.leases, options.logger)
    this.ends = new WorkerEnds(client, options.timeout / 3)
    this.running = 0
    this.isStopping = false
    this.claiming = new AbortController()
    this.keeping = new AbortController()
    /** @type {WorkerSlots[]} */
    this.slots = []
    /** @type {Set<Promise<void>>} */
    this.jobs = new Set()
    /** @type {ReturnType<typeof setTimeout>[]} */
    this.timers = []
  }

  /** Claims and handles jobs until the worker is stopped and all handlers have returned. */
  async run() {
    const keepers = [this.#keep(() => this.#watch()), this.#keep(() => this.#extend())]
    try {
      await Promise.all(this.options.lines.map((line) => this.#claim(line)))
      while (this.jobs.size > 0) await Promise.all(this.jobs)
    } finally {
      this.timers.forEach(clearTimeout)
      this.keeping.abort()
      await Promise.all(keepers)
    }
  }

  /** Stops in steps: no more claims, then the end of waiting claims, then that of the handlers. */
  stop() {
    if (this.isStopping) return
    this.isStopping = true
    const { gracePeriod, logger } = this.options
    logger.info("Claiming no more jobs", { running: this.running })
    for (const slots of this.slots) slots.close()
    this.timers.push(
      setTimeout(() => this.claiming.abort(), Math.min(claimPatience, gracePeriod)),
      setTimeout(() => this.leases.stopAll(), gracePeriod))
  }

  /** Stops without a grace period. */
  stopNow() {
    this.stop()
    this.claiming.abort()
    this.leases.stopAll()
  }

  /** @param {keyof WorkerCounts} outcome */
  count(outcome) {
    this.counts[outcome] += 1
  }

  /**
   * Claims as many jobs as there are free slots, of the first type that has some, until the worker stops.
   *
   * @param {Line} line
   */
  async #claim(line) {
    const { options, claiming } = this
    const { timeout, logger } = options
    const slots = new WorkerSlots(line.concurrency)
    if (this.isStopping) slots.close()
    this.slots.push(slots)
    const wait = Math.floor(Math.min(options.waitTimeout, timeout / 4))
    const pauses = new Backoff(50, options.longestPause)
    const types = line.kinds.map(({ type }) => type)
    const wanted = types.length > 1 ? { types } : { type: types[0] }
    const tooLate = () => new OutcomeUnknownError("The claim took too long")
    let isFailing = false
    for (let free = 0; (free = await slots.take(mostJobs)) > 0;) {
      const sent = performance.now()
      try {
        const jobs = await within(longestWay(timeout), [claiming.signal], tooLate, (signal) =>
          this.client.startJobsByType({
            ...wanted, timeout, maxJobs: free, maxRetries: options.maxRetries,
            worker: options.name, waitTimeout: wait > 0 ? wait : undefined,
          }, { signal }))
        if (isFailing) logger.info("Claims succeed again", wanted)
        isFailing = false
        for (const job of jobs) {
          const kind = line.kinds.find(({ type }) => type === job.type)
          if (kind !== undefined) {
            this.#begin(new WorkerJob(this, kind, job, sent), slots)
          } else {
            logger.error("The service answered a job of another type", { ...wanted, jobId: job.id })
            slots.give(1)
          }
        }
        slots.give(free - jobs.length)
        // There are jobs, or the service has held the claim: no pause is necessary.
        if (jobs.length > 0 || (wait > 0 && performance.now() - sent >= wait * 0.9)) {
          pauses.reset()
          continue
        }
      } catch (error) {
        slots.give(free)
        if (slots.isClosed) return
        if (!isFailing) {
          logger.error("Failed to claim jobs", { ...wanted, error: String(error) })
        }
        isFailing = true
      }
      // Interrupted when the worker stops, which the loop checks.
      await sleep(pauses.next(), claiming.signal).catch(() => {})
    }
  }

  /**
   * @param {WorkerJob} job
   * @param {WorkerSlots} slots
   */
  #begin(job, slots) {
    const work = job.work().finally(() => {
      this.jobs.delete(work)
      slots.give(1)
    })
    this.jobs.add(work)
  }

  /**
   * Repeats something until the run ends.
   *
   * @param {() => Promise<number> | number} step - Returns when it is due again.
   */
  async #keep(step) {
    const { signal } = this.keeping
    while (!signal.aborted) {
      const next = await step()
      await sleep(next - performance.now(), signal).catch(() => {})
    }
  }

  /** Stops handlers when their leases end, independently of the extensions. */
  #watch() {
    const now = performance.now()
    // A new lease always lasts longer than this pause, see `WorkerJob`.
    return Math.min(this.leases.loseOverdue(now), now + this.options.timeout / 12)
  }

  /**
   * Extends leases after a third of their duration, or sooner if there is progress to send; all due
   * leases with one call.
   */
  async #extend() {
    const pause = Math.min(this.options.timeout / 12, this.options.progressInterval)
    const { leases, next } = this.leases.due(performance.now())
    if (leases.length > 0) await this.extensions.extend(leases)
    const now = performance.now()
    return leases.length > 0 ? now + pause : Math.min(next, now + pause)
  }
}
