/** The maximum number of calls in a batch. */
const mostCalls = 1000

/**
 * Merges calls of one kind: while a batch runs, further calls gather in the next batch. A call that finds
 * the lane free runs at once and alone.
 *
 * @template Argument, Result
 */
export class MergingLane {
  /**
   * @param {(batch: Argument[]) => Promise<Result[]>} work - Returns a result for each argument, in order.
   */
  constructor(work) {
    this.work = work
    this.isBusy = false
    /** @type {{ argument: Argument, resolve: (result: Result) => void, reject: (error: unknown) => void }[]} */
    this.waiting = []
  }

  /**
   * @param {Argument} argument
   * @returns {Promise<Result>}
   */
  call(argument) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ argument, resolve, reject })
      if (!this.isBusy) void this.runBatches()
    })
  }

  async runBatches() {
    this.isBusy = true
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, mostCalls)
      try {
        const results = await this.work(batch.map(({ argument }) => argument))
        batch.forEach(({ resolve }, index) => resolve(/** @type {Result} */ (results[index])))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.isBusy = false
  }
}
