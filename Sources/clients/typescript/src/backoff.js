/** The pauses between attempts: exponential up to a bound, with jitter, so that callers spread. */
export class Backoff {
  /**
   * @param {number} first - In milliseconds.
   * @param {number} longest - In milliseconds.
   */
  constructor(first, longest) {
    this.first = Math.min(first, longest)
    this.longest = longest
    this.due = this.first
  }

  /** Returns the pause after one more failure: at least half of the exponential pause. */
  next() {
    const pause = this.due * (0.5 + Math.random() / 2)
    this.due = Math.min(this.due * 2, this.longest)
    return pause
  }

  reset() {
    this.due = this.first
  }
}
