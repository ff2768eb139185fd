/** Returns the delay in milliseconds after an attempt, counted from 1; undefined for none. */
export type RetryDelay = (attempt: number) => number | undefined

/** The usual delays before a failed job can be claimed again. */
export declare const RetryDelay: {
  /** The job can be claimed again at once. */
  readonly none: RetryDelay
  /** The same delay after every attempt. */
  constant(delay: number): RetryDelay
  /**
   * A delay that doubles with each attempt, from which a random share of at most `jitter` (0.2) is taken,
   * so that jobs that failed together do not come back together.
   */
  exponential(options: { first: number; longest: number; jitter?: number }): RetryDelay
}
