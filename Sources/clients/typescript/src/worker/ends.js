import { withCallContext } from "../callContext.js"
import { JobsClientError, OutcomeUnknownError, RefusedError } from "../errors.js"
import { MergingLane } from "./lane.js"

/** @typedef {import("../client.js").JobsClient} JobsClient */
/** @typedef {import("../client.js").CallOptions} CallOptions */
/** @typedef {import("../client.js").CompleteArguments} CompleteArguments */
/** @typedef {import("../client.js").FailArguments} FailArguments */
/** @typedef {import("../client.js").AbortArguments} AbortArguments */
/** @typedef {import("../types.js").Job} Job */

/**
 * What became of a report.
 *
 * @typedef {{ job: Job | null, error?: undefined } | { error: JobsClientError }} Outcome
 */

/**
 * A change of one job, and of many.
 *
 * @template Change
 * @typedef {object} Calls
 * @property {(change: Change, options: CallOptions) => Promise<Job | null>} one
 * @property {(changes: Change[], options: CallOptions) => Promise<PromiseSettledResult<Job | null>[]>} many
 */

/** Reports how jobs ended. Jobs that end during a call share the next call. */
export class WorkerEnds {
  /**
   * @param {JobsClient} client
   * @param {number} limit - The maximum time of one call in milliseconds.
   */
  constructor(client, limit) {
    const options = { timeout: limit, deadline: limit }
    /** @type {(change: CompleteArguments) => Promise<Outcome>} */
    this.complete = reporter(options, {
      one: (change, options) => client.completeJob(change, options),
      many: (changes, options) => client.completeJobs(changes, options),
    })
    /** @type {(change: FailArguments) => Promise<Outcome>} */
    this.fail = reporter(options, {
      one: (change, options) => client.failJob(change, options),
      many: (changes, options) => client.failJobs(changes, options),
    })
    /** @type {(change: AbortArguments) => Promise<Outcome>} */
    this.abort = reporter(options, {
      one: (change, options) => client.abortJob(change, options),
      many: (changes, options) => client.abortJobs(changes, options),
    })
  }
}

/**
 * Whether a call was refused for what it holds, and not because of the caller or the operation.
 *
 * @param {unknown} error
 */
export const isAboutContent = (error) => error instanceof RefusedError && error.isAboutContent

/**
 * @template {{ jobId: string }} Change
 * @param {CallOptions} options
 * @param {Calls<Change>} calls
 * @returns {(change: Change) => Promise<Outcome>}
 */
function reporter(options, calls) {
  /** @type {MergingLane<Change, Outcome>} */
  const lane = new MergingLane((changes) => changes.length === 1
    ? Promise.all(changes.map((change) => reportOne(change, options, calls)))
    : reportMany(changes, options, calls))
  return async (change) => {
    try {
      return await lane.call(change)
    } catch (error) {
      return { error: asClientError(error) }
    }
  }
}

/**
 * Makes a call about one job. The error of the call is the result of the job.
 *
 * @template {{ jobId: string }} Change
 * @param {Change} change
 * @param {CallOptions} options
 * @param {Calls<Change>} calls
 * @returns {Promise<Outcome>}
 */
async function reportOne(change, options, calls) {
  try {
    const job = await withCallContext({ correlationId: change.jobId }, () => calls.one(change, options))
    return { job }
  } catch (error) {
    return { error: asClientError(error) }
  }
}

/**
 * Makes a call about several jobs, without a correlation id, since it does not belong to one job.
 *
 * A job that the service refuses, such as one with a result that is too large, can have the whole call
 * refused. So the jobs of such a call are sent again one by one.
 *
 * @template {{ jobId: string }} Change
 * @param {Change[]} changes
 * @param {CallOptions} options
 * @param {Calls<Change>} calls
 * @returns {Promise<Outcome[]>}
 */
async function reportMany(changes, options, calls) {
  /** @type {Outcome[]} */
  let outcomes
  try {
    const results = await withCallContext({}, () => calls.many(changes, options))
    outcomes = results.map((result) => result.status === "fulfilled"
      ? { job: result.value } : { error: asClientError(result.reason) })
  } catch (error) {
    if (!isAboutContent(error)) throw error
    outcomes = changes.map(() => ({ error: asClientError(error) }))
  }
  for (const [index, change] of changes.entries()) {
    if (isAboutContent(outcomes[index]?.error)) {
      outcomes[index] = await reportOne(change, options, calls)
    }
  }
  return outcomes
}

/** @param {unknown} error */
function asClientError(error) {
  return error instanceof JobsClientError
    ? error : new OutcomeUnknownError(String(error), { cause: error })
}
