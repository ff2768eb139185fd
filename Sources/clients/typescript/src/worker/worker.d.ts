import type { JobsClient } from "../client.js"
import type { StartedJob } from "../types.js"
import type { RetryDelay } from "./retryDelay.js"

/** What a handler can tell and ask while it handles a job. */
export interface JobContext {
  /**
   * Aborted when the handler has to stop: because the job is to be cancelled, because the lease is lost, or
   * because the worker stops. Hand it to `fetch` and the like.
   */
  readonly signal: AbortSignal
  /** Whether the handler has to stop. */
  readonly isCancelled: boolean
  /** Whether it has to stop because the job is to be cancelled: it will not be tried again. */
  readonly isCancelRequested: boolean
  /**
   * Reports the progress of the work. The job shows it, and the next attempt finds it in `job.progress`.
   * Does not wait: the worker sends the last progress at most every
   * `progressInterval`, and when the handler ends.
   *
   * @param value Any JSON value of at most 64 KiB; undefined and null are ignored.
   * @throws RangeError if it is too large; TypeError if JSON cannot hold it
   */
  progress(value: unknown): void
}

/**
 * Does the work of a job. What it returns is the result of the job. What it throws fails the job.
 *
 * It has to heed `context.signal`, and to be idempotent: a worker may stop after the work but before its
 * report, and then the job is handled again.
 */
export type Handler<Params = any> = (job: StartedJob<Params>, context: JobContext) => unknown

/** A handler with settings of its own. */
export interface HandlerOptions<Params = any> {
  handler: Handler<Params>
  /** The maximum number of jobs of the type at a time; default: that of the worker. */
  concurrency?: number
  /**
   * Checks and converts the params, such as the `parse` of a schema of zod. If it throws, the job fails
   * and comes back after `undecodableDelay`.
   */
  params?: (params: unknown) => Params | Promise<Params>
}

/** Takes the log of a worker; `console` will do. */
export interface WorkerLogger {
  debug(message: string, fields: object): void
  info(message: string, fields: object): void
  warn(message: string, fields: object): void
  error(message: string, fields: object): void
}

/** The settings of a worker. Times are milliseconds. */
export interface JobsWorkerOptions {
  /** The handlers by the types of their jobs. */
  handlers: Record<string, Handler | HandlerOptions>
  /**
   * The duration of a lease. The job of a crashed worker can be claimed again after this time. Every call
   * has to succeed within a third of it.
   */
  timeout: number
  /** The maximum number of jobs of each type at a time; default 1. */
  concurrency?: number
  /**
   * Whether `concurrency` is that of all types together, at most 20: free slots get jobs of the first type
   * that has some, in the order of `handlers`. Default: false.
   */
  shared?: boolean
  /** The name that jobs and attempts show; default `processName`. Null or "" for none. */
  name?: string | null
  /** Only jobs that were started fewer times are claimed; default: the limit of the service. */
  maxRetries?: number
  /** The delay of a job whose handler threw; default: the retry policy of the job or the service. */
  retryDelay?: RetryDelay
  /** The delay of a job whose params cannot be decoded; default 60000. */
  undecodableDelay?: number
  /** How long the service may hold a claim; default 20000, at most a quarter of `timeout`. */
  waitTimeout?: number
  /** The maximum pause between claims if the service does not hold them or is away; default 2000. */
  longestPause?: number
  /** The shortest time between two calls that send progress; default 1000, at least 10. */
  progressInterval?: number
  /** How long handlers may run after a stop begins; default 30000. */
  gracePeriod?: number
  /** Default: the console, without `debug`. */
  logger?: WorkerLogger
}

/** What became of the jobs that a worker has handled. */
export interface WorkerCounts {
  completed: number
  failed: number
  undecodable: number
  /** The lease was lost while the handler ran. */
  lost: number
  cancelled: number
  /** Given back because the worker stopped. */
  returned: number
  /** The handler returned, but the service could not be told. */
  untold: number
}

/**
 * A worker that claims jobs and runs a handler for each, several at a time.
 *
 * It extends the lease while the handler runs, completes the job when the handler returns, and fails it
 * when the handler throws.
 */
export class JobsWorker {
  /** @throws TypeError if an option is invalid */
  constructor(client: JobsClient, options: JobsWorkerOptions)
  /** What became of jobs so far. */
  readonly counts: WorkerCounts
  /** The number of handlers that run. */
  readonly running: number
  /**
   * Claims and handles jobs until the worker is stopped and all handlers have returned.
   *
   * A failed call is logged and tried again; it never ends the worker.
   *
   * @param options `signals`: those of the process that stop the worker, by default SIGTERM and SIGINT; the
   *   second one stops it without a grace period. `signal`: stops it as `stop()` does.
   */
  run(options?: { signals?: readonly string[]; signal?: AbortSignal }): Promise<void>
  /**
   * Stops the worker: it claims no more jobs, gives back what it has not begun, and lets handlers finish
   * within the grace period. Then they are stopped and their jobs are given back.
   */
  stop(): void
}

/** The default name of workers: the host, the process and a random number. */
export const processName: string
