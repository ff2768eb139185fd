// The members of the objects on the wire, from which reading, writing and the check against the
// description of the API follow. Names are those of the wire; JavaScript has them in camel case.

/**
 * A member of an object on the wire.
 *
 * @typedef {object} Field
 * @property {"plain" | "json" | "date" | "names" | "object" | "list"} kind - `json` is passed on as it
 *   is, `names` are a list of names of members
 * @property {boolean} [required] - Whether it is always there.
 * @property {Fields} [fields] - The members of an object, or of the items of a list.
 * @property {unknown} [unset] - What is sent if the caller sets nothing.
 */

/** @typedef {{ readonly [name: string]: Field }} Fields */

/** @type {Field} */
export const plain = { kind: "plain" }
/** @type {Field} */
export const json = { kind: "json" }
/** @type {Field} */
export const date = { kind: "date" }
/** @type {Field} */
export const names = { kind: "names" }

/**
 * @param {Fields} fields
 * @returns {Field}
 */
export const object = (fields) => ({ kind: "object", fields })

/**
 * @param {Fields} fields
 * @returns {Field}
 */
export const list = (fields) => ({ kind: "list", fields })

/**
 * @param {Field} field
 * @returns {Field}
 */
export const required = (field) => ({ ...field, required: true })

export const retryPolicy = { backoff: plain, delay: plain, max_delay: plain, jitter: plain }

export const attemptError = { type: plain, message: plain, details: json }

const attempt = {
  attempt: required(plain), started: required(date), ended: required(date),
  outcome: required(plain), worker: plain, error: object(attemptError), delay: plain, reason: plain,
}

/** @type {Fields} */
export const job = {
  id: required(plain), type: required(plain), ref_id: required(plain), params: required(json),
  created: required(date), started: required(date), locked_until: required(date),
  execute_until: required(date), completed: required(date), retries: required(plain),
  priority: plain, delayed_until: date, max_retries: plain, retry: object(retryPolicy),
  group: plain, traceparent: plain, worker: plain, progress: json, result: json,
  error: object(attemptError), failed: date, cancelled: date, cancel_requested: date,
  attempts: list(attempt), error_key: plain, state: plain,
}

/** @type {Fields} */
export const startedJob = { ...job, lock_token: required(plain) }

/** @type {Fields} */
export const scheduledJob = {
  type: required(plain), ref_id: required(plain), ttl: { ...required(plain), unset: 0 },
  params: json, priority: plain, delay: plain, max_retries: plain, retry: object(retryPolicy),
  group: plain, traceparent: plain,
}

/** @type {Fields} */
export const newJob = { ...scheduledJob, request_id: plain }

/** @type {Fields} */
export const filter = {
  id: plain, type: plain, ref_id: plain, state: plain, worker: plain, group: plain,
  error_type: plain, error_key: plain, retries: plain, min_retries: plain,
  created: date, created_from: date, created_to: date,
  started: date, started_from: date, started_to: date,
  locked_until: date, locked_from: date, locked_to: date,
  execute_until: date, execute_from: date, execute_to: date,
  completed: date, completed_from: date, completed_to: date,
}

const failedJob = { job_id: required(plain), error: object(attemptError) }
const errorGroup = {
  type: required(plain), error_key: required(plain), count: required(plain),
  count_is_at_least: plain, first: required(date), last: required(date),
  recent: plain, example: required(object(failedJob)),
}

/** @type {Fields} */
export const errorGroups = { data: required(list(errorGroup)), truncated: required(plain), as_of: date }

/** @type {Fields} */
export const operation = {
  id: plain, action: required(plain), filter: required(object(filter)), before: required(date),
  state: required(plain), created: required(date), started_by: plain, reason: plain,
  start_delay: plain, begins: date, started: date, updated: date, ended: date, cancelled_by: plain,
  done: required(plain), skipped: required(plain), errors: required(plain), last_error: plain,
  total: required(plain), total_is_at_least: plain, delay: plain, ttl: plain, dry_run: plain,
}

/** @type {Fields} */
export const operationList = { data: required(list(operation)) }

const auditEntry = {
  id: required(plain), at: required(date), command: required(plain), principal: plain,
  outcome: required(plain), type: plain, job_id: plain, operation_id: plain, schedule: plain,
  action: plain, jobs: plain, skipped: plain, errors: plain, filter: plain, reason: plain,
  settings: plain,
}

/** @type {Fields} */
export const auditList = { data: required(list(auditEntry)) }

/** @type {Fields} */
export const paging = { skip: plain, take: plain, total: plain, after: plain, order: plain }

const pause = { reason: plain, since: required(date), until: date }
const startRate = { count: required(plain), period: required(plain) }
const limits = { max_running: plain, max_running_per_group: plain, max_starts: object(startRate) }
const retention = { completed: plain, failed: plain, cancelled: plain, expired: plain }

/** @type {Fields} */
export const typeSettings = {
  ...limits, retry: object(retryPolicy), retention: object(retention),
}

const seenWorker = {
  worker: required(plain), last_claim: required(date), running: required(plain),
}
const counts = {
  ready: required(plain), delayed: required(plain), running: required(plain),
  exhausted: required(plain), expired: required(plain), completed: required(plain),
  failed: required(plain), cancelled: required(plain),
}

const rates = {
  from: required(date), added: required(plain), started: required(plain),
  completed: required(plain), failed: required(plain),
}
const times = { p50: required(plain), p95: required(plain) }

/** @type {Fields} */
export const typeStatus = {
  type: required(plain), counts: required(object(counts)), oldest_ready: required(plain),
  paused: object(pause), limits: object(limits), retry: object(retryPolicy),
  retention: object(retention), workers: required(list(seenWorker)), waiting: required(plain),
  last_claim: date, rates: object(rates), wait_time: object(times), run_time: object(times),
}

/**
 * What the list of types has beside the types.
 *
 * @type {Fields}
 */
export const typePage = {
  paused: object(pause), other_rates: object(rates), rates_since: date, as_of: date,
}

/** @type {Fields} */
export const explanation = {
  job: required(object(job)), state: required(plain), code: required(plain),
  message: required(plain), since: date, until: date, details: required(json),
}

/** @type {Fields} */
export const newSchedule = {
  id: required(plain), cron: plain, every: plain, time_zone: plain,
  new_job: required(object(scheduledJob)), overlap: plain, catch_up: plain, paused: plain, until: date,
}

/** @type {Fields} */
export const schedule = {
  ...newSchedule, new_job: required(object(newJob)), time_zone: required(plain), overlap: required(plain), catch_up: required(plain),
  next: date, last: date, last_job_id: plain,
}
