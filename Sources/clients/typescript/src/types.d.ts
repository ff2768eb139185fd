// What jobs and the other things of the service look like. Times are milliseconds, moments are `Date`.

/** The state of a job, as judged by the service. Later services may have more. */
export type JobState =
  | "delayed" | "ready" | "running" | "completed" | "failed" | "cancelled" | "exhausted" | "expired"
  | (string & {})

/** The delays after failed attempts. */
export interface RetryPolicy {
  /** How the delay grows; default `exponential`. `none`: ready at once. */
  backoff?: "exponential" | "linear" | "constant" | "none" | null
  /** After the first failure, in milliseconds; default 1000. */
  delay?: number | null
  /** The longest delay in milliseconds, before jitter; default 3600000. */
  maxDelay?: number | null
  /** The random share by which a delay differs, 0 to 1; default 0.2. */
  jitter?: number | null
}

/** What went wrong in an attempt. */
export interface AttemptError {
  /** The kind of error, by which jobs can be found; at most 200 characters. */
  type?: string | null
  /** What happened, for people; at most 4000 characters. */
  message?: string | null
  /** Any JSON value of at most 64 KiB. */
  details?: unknown
}

/** An attempt that did not end in completion. */
export interface Attempt {
  /** The value of `Job.retries` during the attempt. */
  attempt: number
  started: Date | null
  ended: Date
  outcome: "failed" | "lapsed" | "aborted" | "cancelled" | (string & {})
  worker?: string
  error?: AttemptError
  /** Milliseconds until the next attempt. */
  delay?: number
  /** Why no further attempt followed. */
  reason?: string
}

/** A job as the service shows it. Members that only some jobs have are missing on the others. */
export interface Job<Params = any> {
  id: string
  /** What kind of work it is. */
  type: string
  /** What the job is about, in the producer's terms. */
  refId: string
  /** The producer's own data. Numbers beyond 2^53 are `bigint` or `ExactNumber`, see the README. */
  params: Params
  created: Date
  /** When the lease began; null if there is none. */
  started: Date | null
  /** When the lease ends, or ended. */
  lockedUntil: Date | null
  /** The job is not started from then on; null: no limit. */
  executeUntil: Date | null
  completed: Date | null
  /** How often the job was started: 1 during the first attempt. */
  retries: number
  /** Higher goes first; missing where it is 0. */
  priority?: number
  /** No claim by type gets the job before. */
  delayedUntil?: Date
  /** The limit of starts of this job. */
  maxRetries?: number
  retry?: RetryPolicy
  group?: string
  /** The W3C trace context of the producer. */
  traceparent?: string
  /** The worker of the last start. */
  worker?: string
  /** What a worker has reported last, also in an earlier attempt. */
  progress?: any
  result?: any
  /** The error of the last failed attempt. */
  error?: AttemptError
  /** When the job failed for good. */
  failed?: Date
  cancelled?: Date
  /** When the cancellation of the running job was requested. */
  cancelRequested?: Date
  /** The last ten attempts that did not complete the job; only with `details`. */
  attempts?: Attempt[]
  /** The group of errors that the job is in, see `getErrors`; only with `details`. */
  errorKey?: string
  /** Only with `details`. */
  state?: JobState
}

/** A job that was just handed out. */
export interface StartedJob<Params = any> extends Job<Params> {
  /** Proves that the caller holds the lease. Each start returns a new one. */
  lockToken: string
}

/** A job as a producer describes it. */
export interface NewJob<Params = unknown> {
  /** What kind of work it is; at most 1 KiB. */
  type: string
  /** What the job is about, in the producer's terms; at most 4 KiB. */
  refId: string
  /** Milliseconds in which the job may be started; default 0: for ever. */
  ttl?: number
  /** Any JSON value. `bigint` and `ExactNumber` are written digit by digit. */
  params?: Params
  /** Higher goes first; default 0. */
  priority?: number | null
  /** Milliseconds for which no claim by type gets the job. */
  delay?: number | null
  /** The limit of starts of this job; default: that of the claim or the service. */
  maxRetries?: number | null
  retry?: RetryPolicy | null
  group?: string | null
  /** The W3C trace context; default: that of the call. */
  traceparent?: string | null
  /**
   * Of several adds with the same type and request id one adds the job, and all answer it. The client
   * sets it where the service knows it.
   */
  requestId?: string | null
}

/** The jobs that match all members. A moment is a `Date` or its text, in answers always a `Date`. */
export interface JobFilter<Moment = Date | string> {
  id?: string | null
  type?: string | null
  refId?: string | null
  state?: JobState | null
  worker?: string | null
  group?: string | null
  /** The last error is of this type. */
  errorType?: string | null
  /** In this group of errors, see `getErrors`. */
  errorKey?: string | null
  retries?: number | null
  /** Started more often than that. */
  minRetries?: number | null
  created?: Moment | null
  createdFrom?: Moment | null
  createdTo?: Moment | null
  started?: Moment | null
  startedFrom?: Moment | null
  startedTo?: Moment | null
  lockedUntil?: Moment | null
  lockedFrom?: Moment | null
  lockedTo?: Moment | null
  executeUntil?: Moment | null
  executeFrom?: Moment | null
  executeTo?: Moment | null
  completed?: Moment | null
  completedFrom?: Moment | null
  completedTo?: Moment | null
}

/** The jobs of a type whose last attempts failed with the same error. */
export interface ErrorGroup {
  /** The type of the jobs. */
  type: string
  /** The message of the errors without numbers, ids and quoted parts, by which jobs can be found. */
  errorKey: string
  /** The number of the jobs. */
  count: number
  /** True where there are more jobs, which were not counted. */
  countIsAtLeast?: boolean
  /** When the first and the last of the jobs failed. */
  first: Date
  last: Date
  /** How many of the jobs failed in each five minutes of the last hour, the oldest first. */
  recent?: number[]
  /** The job that failed last, with its error without details. */
  example: { jobId: string; error?: AttemptError }
}

/** The groups of errors, those with the most jobs first. */
export interface ErrorGroups {
  data: ErrorGroup[]
  /** Whether there are more groups than these. */
  truncated: boolean
  /** When they were read, if that was before the call. */
  asOf?: Date
}

/** What a bulk operation does, and to which jobs. Times are milliseconds. */
export interface OperationArguments {
  action: "replay" | "cancel" | "complete" | "delete"
  filter: JobFilter
  /** Only jobs that were created then or earlier. Default, and for later dates: now. */
  before?: Date | string | null
  /** Whether to only count the jobs. */
  dryRun?: boolean | null
  /** How long no job is touched, so that it can still be cancelled without an effect. */
  startDelay?: number | null
  /** Why, for people. */
  reason?: string | null
  /** Of replayed jobs. */
  delay?: number | null
  /** Of replayed jobs. */
  ttl?: number | null
}

export type OperationState = "waiting" | "running" | "done" | "cancelled" | "failed"

/** The same done to all jobs that match a filter, as work of the service. */
export interface BulkOperation {
  /** Missing for a dry run. */
  id?: string
  action: string
  filter: JobFilter<Date>
  before: Date
  state: OperationState
  created: Date
  startedBy?: string
  reason?: string
  startDelay?: number
  /** No job is touched before. */
  begins?: Date
  started?: Date
  updated?: Date
  ended?: Date
  cancelledBy?: string
  /** The number of jobs that were treated. */
  done: number
  /** The number of jobs that had changed before their turn, or to which the action does not apply. */
  skipped: number
  /** The number of jobs that the store has refused to change. */
  errors: number
  lastError?: string
  /** The number of matching jobs; exact once the operation is done. */
  total: number
  /** True where there are more jobs, which were not counted. */
  totalIsAtLeast?: boolean
  delay?: number
  ttl?: number
  dryRun?: boolean
}

/** What an operator or an administrator did. */
export interface AuditEntry {
  id: string
  at: Date
  /** The operation on the wire, such as `delete_jobs`; `end_operation` for the end of a bulk operation. */
  command: string
  principal?: string
  /** `failed`: it is unknown whether it was carried out. */
  outcome: string
  type?: string
  jobId?: string
  operationId?: string
  schedule?: string
  action?: string
  jobs?: number
  skipped?: number
  errors?: number
  filter?: string
  reason?: string
  settings?: string
}

/** Which part of a list is wanted. */
export interface Paging {
  skip?: number | null
  /** The length of the page. */
  take?: number | null
  /** Whether to count all matches. */
  total?: boolean | null
  /** The id of the last item of the page before. */
  after?: string | null
  /** In the order of creation, or the newest first. */
  order?: "asc" | "desc" | null
}

/** A part of a list. */
export interface Page<Item> {
  data: Item[]
  /** The number of all matches; null unless it was asked for. */
  total: number | null
}

/** At most `count` starts in any `period` of milliseconds. */
export interface StartRate {
  count: number
  period: number
}

/** How many jobs of a type run at a time, over all instances of the service. */
export interface TypeLimits {
  maxRunning?: number | null
  maxRunningPerGroup?: number | null
  maxStarts?: StartRate | null
}

/** How long ended jobs are kept, in milliseconds each. */
export interface Retention {
  completed?: number | null
  failed?: number | null
  cancelled?: number | null
  expired?: number | null
}

/** What operators set for a type of jobs. A null takes a setting away. */
export interface TypeSettings extends TypeLimits {
  retry?: RetryPolicy | null
  retention?: Retention | null
}

/** Why no job of a type is claimed. */
export interface TypePause {
  reason?: string
  since: Date
  until?: Date
}

/** The number of jobs in each state. */
export interface JobCounts {
  ready: number
  delayed: number
  running: number
  exhausted: number
  expired: number
  completed: number
  failed: number
  cancelled: number
}

/** A worker that asks for jobs of a type. */
export interface SeenWorker {
  worker: string
  lastClaim: Date
  /** The number of its live leases. */
  running: number
}

/** What happened to jobs in each minute of a time; the oldest minute is the first. */
export interface JobRates {
  /** When the first minute begins. */
  from: Date
  added: number[]
  started: number[]
  completed: number[]
  /** Failed attempts, repeated or not. */
  failed: number[]
}

/** How long something took at most in half of all cases, and in 19 of 20, in milliseconds. */
export interface JobTimes {
  p50: number
  p95: number
}

/** A type of jobs: its jobs, settings and workers. */
export interface TypeStatus {
  type: string
  counts: JobCounts
  /** The age of the oldest ready job in milliseconds; 0 without one. */
  oldestReady: number
  paused?: TypePause
  limits?: TypeLimits
  retry?: RetryPolicy
  retention?: Retention
  /** Those of the last hour, and those that hold leases. */
  workers: SeenWorker[]
  /** The number of claims that wait for a job. */
  waiting: number
  lastClaim?: Date
  /** The last hour, if `rates` asked for it and the type is counted alone. */
  rates?: JobRates
  /** How long jobs were ready before their first start, in the last ten minutes. */
  waitTime?: JobTimes
  /** How long completed jobs ran, in the last ten minutes. */
  runTime?: JobTimes
}

/** Why a job is not running, or which worker holds it. */
export interface Explanation {
  job: Job
  state: JobState
  /** `READY`, `DELAYED`, `RUNNING`, `PAUSED`, `TYPE_LIMIT`, `NO_WORKERS`, ... */
  code: string
  /** For people. */
  message: string
  since?: Date
  until?: Date
  /** Numbers and names that belong to the reason. */
  details: any
}

/** When a schedule adds which job. It has either `cron` or `every`. */
export interface NewSchedule {
  /** 1 to 128 characters. */
  id: string
  /** Five fields, or `@hourly` and the like. */
  cron?: string | null
  /** Milliseconds between two firings, at least 1000. */
  every?: number | null
  /** An IANA name; default UTC. */
  timeZone?: string | null
  newJob: Omit<NewJob, "requestId">
  /** `skip` fires only if the last job has ended. */
  overlap?: "allow" | "skip" | null
  /** What happens to firings that were missed; default `one`. */
  catchUp?: "one" | "none" | "all" | null
  paused?: boolean | null
  until?: Date | string | null
}

/** A schedule with its last and next firing. */
export interface Schedule {
  id: string
  cron?: string
  every?: number
  timeZone: string
  newJob: NewJob
  overlap: "allow" | "skip" | (string & {})
  catchUp: "one" | "none" | "all" | (string & {})
  paused?: boolean
  until?: Date
  /** Missing where there is none. */
  next?: Date
  last?: Date
  /** The job that was added last, by a firing or by `runSchedule`. */
  lastJobId?: string
}
