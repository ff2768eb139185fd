import {
  attemptError, auditList, date, errorGroups, explanation, filter, job, json, names, newJob,
  newSchedule, object, operation, operationList, paging, plain, required, schedule, startedJob, typePage,
  typeSettings, typeStatus,
} from "./wire/fields.js"
import { scriptName } from "./wire/conversion.js"

// The operations of the service as one table, from which the methods of the client follow.

/** @typedef {import("./wire/fields.js").Fields} Fields */

/**
 * What a call answers.
 *
 * - `one`: an object, or null where the service has none (204)
 * - `page`: `{ data, total }`
 * - `all`: the items of `data`
 * - `results`: a result for each item that was sent, in order
 * - `nothing`
 *
 * @typedef {"one" | "page" | "all" | "results" | "nothing"} Shape
 */

/**
 * When a call may be repeated although it may have been carried out.
 *
 * - `always`: it is a read, or a repetition changes nothing more
 * - `lease`: with the token of the lease
 * - `request`: with a request id, at a service that knows them
 * - `ids`: if it is about given jobs, or is a dry run
 * - `never`
 *
 * @typedef {"always" | "lease" | "request" | "ids" | "never"} Repetition
 */

/**
 * @typedef {object} Operation
 * @property {string} name - On the wire.
 * @property {string} method - Of the client.
 * @property {Fields} arguments - Those of an item, if there is a `key`.
 * @property {string} [key] - The argument that holds what the method is given: an item, or items.
 * @property {boolean} isBatch - Whether the method is given items.
 * @property {Shape} shape
 * @property {Fields} answer - The members of the object, or of the items.
 * @property {Fields} [page] - What a page has beside its items and their total.
 * @property {Repetition} repetition
 */

const worker = plain
const lease = { job_id: required(plain), lock_token: plain }
const claim = {
  timeout: required(plain), max_retries: plain, wait_timeout: plain, worker, request_id: plain,
}
const extend = { ...lease, timeout: required(plain), progress: json }
const abort = { ...lease, delay: plain }
const complete = { ...lease, result: json }
const fail = { ...lease, error: object(attemptError), retry: plain, delay: plain }
const byID = { job_id: required(plain) }
const byType = { type: required(plain) }
const bySchedule = { id: required(plain) }
const byOperation = { operation_id: required(plain) }

/** @type {readonly Operation[]} */
export const operations = [
  one("add_job", newJob, job, "request", "new_job"),
  one("add_uniq_job", newJob, job, "request", "new_job"),
  many("add_jobs", newJob, "request", "new_jobs"),
  page("get_jobs", {
    filter: object(filter), paging: object(paging), details: plain, fields: names,
  }, job),
  one("get_errors", { type: plain, from: date, to: date }, errorGroups, "always"),
  one("get_job_by_id", { ...byID, details: plain }, job, "always"),
  one("start_job_by_id", { ...byID, timeout: required(plain), worker }, startedJob, "never"),
  one("start_job_by_type", { type: required(plain), ...claim }, startedJob, "request"),
  {
    name: "start_jobs_by_type", method: "startJobsByType", shape: "all", answer: startedJob,
    arguments: { type: plain, types: plain, ...claim, max_jobs: required(plain) }, isBatch: false,
    repetition: "request",
  },
  one("extend_job", extend, job, "lease"),
  one("abort_job", abort, job, "lease"),
  one("complete_job", complete, job, "lease"),
  one("fail_job", fail, job, "lease"),
  many("extend_jobs", extend, "lease", "jobs"),
  many("abort_jobs", abort, "lease", "jobs"),
  many("complete_jobs", complete, "lease", "jobs"),
  many("fail_jobs", fail, "lease", "jobs"),
  one("cancel_job", byID, job, "always"),
  one("replay_jobs", {
    job_ids: plain, filter: object(filter), max_jobs: plain, delay: plain, ttl: plain,
    dry_run: plain,
  }, { count: required(plain), data: required(plain), skipped: required(plain) }, "ids"),
  one("start_operation", {
    action: required(plain), filter: required(object(filter)), before: date, dry_run: plain,
    start_delay: plain, reason: plain, delay: plain, ttl: plain,
  }, operation, "ids"),
  one("get_operations", { state: plain, max: plain, after: plain }, operationList, "always"),
  one("get_operation", byOperation, operation, "always"),
  one("cancel_operation", byOperation, operation, "always"),
  one("get_audit", {
    type: plain, from: date, to: date, max: plain, after: plain,
  }, auditList, "always"),
  one("explain_job", byID, explanation, "always"),
  one("delete_job_by_id", byID, job, "never"),
  nothing("delete_jobs"),
  nothing("clean_jobs"),
  page(
    "get_types", { type: plain, paging: object(paging), rates: plain }, typeStatus, typePage),
  one("pause_type", { ...byType, reason: plain, until: date }, typeStatus, "always"),
  one("resume_type", byType, typeStatus, "always"),
  one("set_type", { ...byType, ...typeSettings }, typeStatus, "always"),
  page("get_schedules", { id: plain, paging: object(paging) }, schedule),
  one("set_schedule", newSchedule, schedule, "always"),
  one("delete_schedule", bySchedule, schedule, "never"),
  one("run_schedule", bySchedule, job, "never"),
]

/** The operations by their names on the wire. */
export const operationsByName = new Map(operations.map((row) => [row.name, row]))

/**
 * @param {string} name
 * @param {Fields} fields
 * @param {Fields} answer
 * @param {Repetition} repetition
 * @param {string} [key]
 * @returns {Operation}
 */
function one(name, fields, answer, repetition, key) {
  return {
    name, method: scriptName(name), arguments: fields, shape: "one", answer, repetition, key,
    isBatch: false,
  }
}

/**
 * @param {string} name
 * @param {Fields} fields
 * @param {Repetition} repetition
 * @param {string} key
 * @returns {Operation}
 */
function many(name, fields, repetition, key) {
  return {
    name, method: scriptName(name), arguments: fields, shape: "results", answer: job, repetition,
    key, isBatch: true,
  }
}

/**
 * @param {string} name
 * @param {Fields} fields
 * @param {Fields} answer
 * @param {Fields} [page]
 * @returns {Operation}
 */
function page(name, fields, answer, page = {}) {
  return {
    name, method: scriptName(name), arguments: fields, shape: "page", answer, page,
    repetition: "always", isBatch: false,
  }
}

/**
 * @param {string} name
 * @returns {Operation}
 */
function nothing(name) {
  return {
    name, method: scriptName(name), arguments: {}, shape: "nothing", answer: {},
    repetition: "never", isBatch: false,
  }
}
