export interface JobFailureOptions {
  /** The kind of error, by which jobs can be found; default `JobFailure`. */
  type?: string
  /** Any JSON value of at most 64 KiB; a larger one is left out. */
  details?: unknown
  /** Whether the job may be tried again; default true. If not, it has failed for good. */
  retry?: boolean
  /** The time until the next attempt in milliseconds; default: `retryDelay` of the worker. */
  delay?: number | undefined
  cause?: unknown
}

/**
 * An error with which a handler says how its job has failed.
 *
 * Any other error fails the job with its name and message, and the job is tried again.
 */
export class JobFailure extends Error {
  constructor(message: string, options?: JobFailureOptions)
  readonly type: string
  readonly details: unknown
  readonly retry: boolean
  readonly delay: number | undefined
}
