/** @typedef {import("../types.js").StartedJob} StartedJob */

/**
 * A lease that a worker holds. The id of the job does not identify it: the worker may claim a lost job
 * again while the handler of the lost lease still runs.
 *
 * @typedef {object} HeldLease
 * @property {StartedJob} job
 * @property {number} renewed - When the claim or the last successful extension was sent.
 * @property {{ kind: "lost" | "stopping", reason: string } | undefined} loss
 * @property {boolean} isCancelRequested - Whether the job is to be cancelled when the lease ends.
 * @property {AbortController} controller - Stops the handler.
 * @property {{ value: unknown } | undefined} progress - The last one, until it is sent.
 * @property {number | undefined} progressDue - From when on progress may be sent again.
 */

/** The leases that a worker holds, and when each ends by the clock of this machine. */
export class WorkerLeases {
  /**
   * @param {number} timeout - The duration of a lease.
   * @param {number} progressInterval - The shortest time between two extensions with progress.
   */
  constructor(timeout, progressInterval) {
    this.timeout = timeout
    this.progressInterval = progressInterval
    /** How long before its end a lease counts as lost, so that its handler is stopped in time. */
    this.margin = Math.min(timeout / 20, 1000)
    /** @type {Set<HeldLease>} */
    this.held = new Set()
  }

  /**
   * @param {StartedJob} job
   * @param {number} claimed - When the claim was sent.
   * @returns {HeldLease}
   */
  hold(job, claimed) {
    /** @type {HeldLease} */
    const lease = {
      job, renewed: claimed, loss: undefined, isCancelRequested: false,
      controller: new AbortController(), progress: undefined, progressDue: undefined,
    }
    this.held.add(lease)
    return lease
  }

  /** @param {HeldLease} lease */
  drop(lease) {
    this.held.delete(lease)
  }

  /**
   * When a lease counts as lost.
   *
   * @param {HeldLease} lease
   */
  end(lease) {
    return lease.renewed + this.timeout - this.margin
  }

  /**
   * The leases to extend, and when the next ones are due.
   *
   * @param {number} now
   */
  due(now) {
    const held = [...this.held].filter((lease) => lease.loss === undefined)
    const oldest = held.reduce((oldest, { renewed }) => Math.min(oldest, renewed), Infinity)
    const next = (held.length === 0 ? now : oldest) + this.timeout / 3
    const leases = held.filter(({ renewed, progress, progressDue }) =>
      (progress !== undefined && progressDue !== undefined && progressDue <= now)
      // Leases that are due soon are included, so that all are due together next time.
      || (next <= now && renewed + this.timeout / 6 <= now))
    return { leases, next: Math.max(next, now) }
  }

  /**
   * Records a successful extension.
   *
   * @param {HeldLease} lease
   * @param {number} sent
   */
  renew(lease, sent) {
    if (lease.loss === undefined) lease.renewed = Math.max(lease.renewed, sent)
  }

  /**
   * Keeps a progress until it is sent.
   *
   * @param {HeldLease} lease
   * @param {unknown} value
   */
  report(lease, value) {
    lease.progress = { value }
    lease.progressDue ??= performance.now()
  }

  /**
   * Whether there is progress to send, and a lease with which to send it.
   *
   * @param {HeldLease} lease
   */
  hasProgress(lease) {
    return lease.progress !== undefined && lease.loss?.kind !== "lost"
  }

  /**
   * Takes the progress of a lease, to send it.
   *
   * @param {HeldLease} lease
   * @param {number} now
   */
  takeProgress(lease, now) {
    const { progress } = lease
    if (progress !== undefined) lease.progressDue = now + this.progressInterval
    lease.progress = undefined
    return progress
  }

  /**
   * Has a handler stop because its job is to be cancelled.
   *
   * @param {HeldLease} lease
   */
  requestCancellation(lease) {
    if (lease.isCancelRequested) return
    lease.isCancelRequested = true
    stop(lease, "The job is to be cancelled")
  }

  /**
   * @param {HeldLease} lease
   * @param {string} reason
   */
  lose(lease, reason) {
    if (lease.loss !== undefined) return
    lease.loss = { kind: "lost", reason }
    stop(lease, `The lease is lost: ${reason}`)
  }

  /**
   * Marks the leases that have ended as lost.
   *
   * @param {number} now
   * @returns {number} When the next lease ends.
   */
  loseOverdue(now) {
    let next = Infinity
    for (const lease of this.held) {
      if (lease.loss !== undefined) continue
      if (this.end(lease) <= now) this.lose(lease, "it was not extended in time")
      else next = Math.min(next, this.end(lease))
    }
    return next
  }

  /** Stops all handlers, so that their jobs are given back. */
  stopAll() {
    for (const lease of this.held) {
      if (lease.loss !== undefined) continue
      lease.loss = { kind: "stopping", reason: "the worker stops" }
      stop(lease, "The worker stops")
    }
  }
}

/**
 * @param {HeldLease} lease
 * @param {string} reason
 */
function stop(lease, reason) {
  lease.controller.abort(new DOMException(reason, "AbortError"))
}
