/** The free places of a worker for jobs of one type. One loop waits for them; jobs give them back. */
export class WorkerSlots {
  /** @param {number} count */
  constructor(count) {
    this.free = count
    this.isClosed = false
    /** @type {(() => void) | undefined} */
    this.wake = undefined
  }

  /**
   * Takes free slots, as soon as there is at least one.
   *
   * @param {number} most
   * @returns {Promise<number>} 0 if the slots are closed.
   */
  async take(most) {
    while (!this.isClosed && this.free === 0) {
      await new Promise((resolve) => { this.wake = () => resolve(undefined) })
    }
    if (this.isClosed) return 0
    const taken = Math.min(this.free, most)
    this.free -= taken
    return taken
  }

  /** @param {number} count */
  give(count) {
    this.free += count
    this.wake?.()
  }

  close() {
    this.isClosed = true
    this.wake?.()
  }
}
