import type {
  AttemptError, AuditEntry, BulkOperation, ErrorGroups, Explanation, Job, JobFilter, JobRates, NewJob,
  NewSchedule, OperationArguments, OperationState, Page, Paging, Schedule, StartedJob, TypePause, TypeSettings,
  TypeStatus,
} from "./types.js"

/** The address of a jobs service and the settings of calls to it. Times are milliseconds. */
export interface JobsClientOptions {
  /** Such as `https://jobs.example.com:8443`; it may have a path. */
  url: string
  /** The path of the operations below the URL; default `v1/jobs`. */
  baseRoute?: string
  /** The API key or the token (JWT) of the caller. */
  token?: string | undefined
  /**
   * The maximum time of one attempt; default 20000, longer than the 15 s after which the service reports
   * that its store is unavailable. The wait of a claim is added.
   */
  timeout?: number
  /** The maximum time of a call with all its repetitions; default none. The wait of a claim is added. */
  deadline?: number | undefined
  /** The maximum number of repetitions of a call; default 3. */
  retries?: number
  /** The pause before the first repetition, which doubles each time up to 50 times; default 100. */
  retryPause?: number
  /** Whether adds and claims get request ids, with which they can be repeated; default true. */
  requestIds?: boolean
  /** Where the correlation id is sent; default `query`. */
  correlationIdPlace?: "query" | "headers" | "both"
  /** Sends the requests; default: `fetch` of Node. */
  fetch?: typeof fetch
}

/** What concerns one call. */
export interface CallOptions {
  /** Ends the call, which then throws the reason of the signal. */
  signal?: AbortSignal | undefined
  /** The id of the call in the log and the errors of the service; default: `withCallContext`. */
  correlationId?: string | undefined
  /** The W3C trace context; default: `withCallContext`. */
  traceparent?: string | undefined
  /** Instead of those of the client. */
  timeout?: number | undefined
  deadline?: number | undefined
  retries?: number | undefined
}

/** What names a lease: the job, and the token that proves that the caller holds it. */
export interface Lease {
  jobId: string
  /** Without it the fencing check is skipped, and the call is not repeated. */
  lockToken?: string | null | undefined
}

export interface ClaimArguments {
  type: string
  /** The duration of the lease in milliseconds. */
  timeout: number
  /** Only jobs that were started fewer times; default: the limit of the service. */
  maxRetries?: number | null | undefined
  /** How long the service may wait for a job, up to 60000 ms; default 0. */
  waitTimeout?: number | null | undefined
  /** The name of the worker, which the job and its attempts show. */
  worker?: string | null | undefined
  /** The client sets it where the service knows it: a repeated claim answers the same leases. */
  requestId?: string | null | undefined
}

/** Either `type` or `types` is needed. */
export interface ManyClaimArguments extends Omit<ClaimArguments, "type"> {
  type?: string | null | undefined
  /** Several types, the most preferred first, at most 20: starts jobs of the first one that has some. */
  types?: readonly string[] | null | undefined
  maxJobs: number
}

export interface ExtendArguments extends Lease {
  /** The lease ends so many milliseconds from now. */
  timeout: number
  /** Replaces the progress before; any JSON value of at most 64 KiB. */
  progress?: unknown
}

export interface AbortArguments extends Lease {
  /** Milliseconds after which the job can be claimed again; default: at once. */
  delay?: number | null | undefined
}

export interface CompleteArguments extends Lease {
  /** Any JSON value. */
  result?: unknown
}

export interface FailArguments extends Lease {
  error?: AttemptError | null | undefined
  /** Whether the job may be tried again; default true. */
  retry?: boolean | null | undefined
  /** Milliseconds until the next attempt; default: by the retry policy. */
  delay?: number | null | undefined
}

export interface ReplayArguments {
  /** At most 1000. */
  jobIds?: string[] | null
  /** At least one condition. With `jobIds`, a job has to match both. */
  filter?: JobFilter | null
  /** The maximum number of jobs, the oldest first; default 1000. */
  maxJobs?: number | null
  delay?: number | null
  /** A new time to live, without which expired jobs are not replayed; 0: for ever. */
  ttl?: number | null
  dryRun?: boolean | null
}

export interface ReplayedJobs {
  count: number
  /** The ids of the jobs. */
  data: string[]
  /** The number of unique jobs whose type and reference another job has by now. */
  skipped: number
}

/** The result of one item of a batch: `{ status: "fulfilled", value }` or `{ status: "rejected", reason }`. */
export type ItemResult<Value> = PromiseSettledResult<Value>

/**
 * A client of a jobs service over HTTP.
 *
 * A missing job is not an error: the answer is null. Every other failure throws a `JobsClientError`.
 *
 * A call is repeated after a pause if it cannot have reached the service, or if the service refused it
 * without doing anything. A call that may have been carried out is repeated only if that is safe: a read, a
 * change with the token of its lease, a cancellation, a replay of given jobs; adds and claims by their
 * request id, if the service says that it knows request ids.
 *
 * Methods on many jobs take any number of items, and answer a result for each, in order. They throw only
 * if nothing was done.
 */
export class JobsClient {
  /**
   * @param options The address, or all options.
   * @throws TypeError if an option is invalid
   */
  constructor(options: string | JobsClientOptions)

  /** Calls an operation by its name on the wire, such as `add_job`. */
  call(name: string, input?: object, options?: CallOptions): Promise<any>

  /** Adds a job. */
  addJob<Params = any>(newJob: NewJob<Params>, options?: CallOptions): Promise<Job<Params>>
  /** Adds a job unless there is an unfinished one of its type and reference; answers that one. */
  addUniqJob<Params = any>(newJob: NewJob<Params>, options?: CallOptions): Promise<Job<Params>>
  addJobs<Params = any>(
    newJobs: readonly NewJob<Params>[], options?: CallOptions
  ): Promise<ItemResult<Job<Params>>[]>

  /** Lists jobs in the order of their creation: all of them, or their ids and the given `fields`. */
  getJobs<Name extends keyof Job = keyof Job>(
    input?: {
      filter?: JobFilter | null
      paging?: Paging | null
      details?: boolean | null
      fields?: readonly Name[] | null
    },
    options?: CallOptions
  ): Promise<Page<Pick<Job, Name | "id">>>
  /** Groups the jobs whose last attempts failed, in the given time, by their types and errors. */
  getErrors(
    input?: { type?: string | null; from?: Date | string | null; to?: Date | string | null },
    options?: CallOptions
  ): Promise<ErrorGroups>
  getJobById<Params = any>(
    input: { jobId: string; details?: boolean | null }, options?: CallOptions
  ): Promise<Job<Params> | null>

  /** Starts a job, also during its delay. Null if it has ended or expired, or has a live lease. */
  startJobById<Params = any>(
    input: { jobId: string; timeout: number; worker?: string | null }, options?: CallOptions
  ): Promise<StartedJob<Params> | null>
  /** Starts the next job of a type: the one with the highest priority, then the oldest. */
  startJobByType<Params = any>(
    input: ClaimArguments, options?: CallOptions
  ): Promise<StartedJob<Params> | null>
  /** Starts up to `maxJobs` jobs of a type, or of the first of several types that has some. */
  startJobsByType<Params = any>(
    input: ManyClaimArguments, options?: CallOptions
  ): Promise<StartedJob<Params>[]>

  /** Moves the end of a lease. If the answer has `cancelRequested`, stop the work and abort. */
  extendJob(input: ExtendArguments, options?: CallOptions): Promise<Job | null>
  /** Gives a job back without a failure. */
  abortJob(input: AbortArguments, options?: CallOptions): Promise<Job | null>
  /** Completes a job. Without `completed`, the job had failed or was cancelled before. */
  completeJob(input: CompleteArguments, options?: CallOptions): Promise<Job | null>
  /** Reports a failed attempt: the job comes back after a delay, or has `failed` for good. */
  failJob(input: FailArguments, options?: CallOptions): Promise<Job | null>
  extendJobs(
    inputs: readonly ExtendArguments[], options?: CallOptions
  ): Promise<ItemResult<Job | null>[]>
  abortJobs(
    inputs: readonly AbortArguments[], options?: CallOptions
  ): Promise<ItemResult<Job | null>[]>
  completeJobs(
    inputs: readonly CompleteArguments[], options?: CallOptions
  ): Promise<ItemResult<Job | null>[]>
  failJobs(
    inputs: readonly FailArguments[], options?: CallOptions
  ): Promise<ItemResult<Job | null>[]>

  /** Cancels a job: at once, or when the lease of its worker ends. */
  cancelJob(input: { jobId: string }, options?: CallOptions): Promise<Job | null>
  /** Makes failed, cancelled, exhausted and expired jobs claimable again. */
  replayJobs(input: ReplayArguments, options?: CallOptions): Promise<ReplayedJobs>
  /** Does the same to all jobs that match, as work of the service; with `dryRun` only counts them. */
  startOperation(input: OperationArguments, options?: CallOptions): Promise<BulkOperation>
  /** Lists the operations of the last week, the newest first. */
  getOperations(
    input?: { state?: OperationState | null; max?: number | null; after?: string | null },
    options?: CallOptions
  ): Promise<{ data: BulkOperation[] }>
  getOperation(
    input: { operationId: string }, options?: CallOptions
  ): Promise<BulkOperation | null>
  /** Cancels an operation, which ends with the batch that is under way. */
  cancelOperation(
    input: { operationId: string }, options?: CallOptions
  ): Promise<BulkOperation | null>
  /** Lists what operators and administrators did, the newest first. */
  getAudit(
    input?: {
      type?: string | null
      from?: Date | string | null
      to?: Date | string | null
      max?: number | null
      after?: string | null
    },
    options?: CallOptions
  ): Promise<{ data: AuditEntry[] }>
  /** Says why a job is not running, or which worker holds it. */
  explainJob(input: { jobId: string }, options?: CallOptions): Promise<Explanation | null>
  /** Deletes a job in any state, and answers it. */
  deleteJobById(input: { jobId: string }, options?: CallOptions): Promise<Job | null>
  /** Deletes all jobs. */
  deleteJobs(input?: {}, options?: CallOptions): Promise<void>
  /** Deletes ended and expired jobs whose retention has passed. */
  cleanJobs(input?: {}, options?: CallOptions): Promise<void>

  /** Lists the types of jobs, with their jobs, limits and workers; with `rates` also the last hour. */
  getTypes(
    input?: { type?: string | null; paging?: Paging | null; rates?: boolean | null },
    options?: CallOptions
  ): Promise<Page<TypeStatus> & { paused?: TypePause; otherRates?: JobRates; ratesSince?: Date; asOf?: Date }>
  /** Has claims of a type find nothing; `"*"` is all types. */
  pauseType(
    input: { type: string; reason?: string | null; until?: Date | string | null },
    options?: CallOptions
  ): Promise<TypeStatus>
  resumeType(input: { type: string }, options?: CallOptions): Promise<TypeStatus>
  /** Sets limits, retry policy and retention of a type; what is left out stays. */
  setType(input: { type: string } & TypeSettings, options?: CallOptions): Promise<TypeStatus>

  getSchedules(
    input?: { id?: string | null; paging?: Paging | null }, options?: CallOptions
  ): Promise<Page<Schedule>>
  /** Sets a schedule, in place of the one of this id. */
  setSchedule(input: NewSchedule, options?: CallOptions): Promise<Schedule>
  deleteSchedule(input: { id: string }, options?: CallOptions): Promise<Schedule | null>
  /** Adds the job of a schedule now. */
  runSchedule(input: { id: string }, options?: CallOptions): Promise<Job | null>
}
