import { JobFailure } from "./failure.js"
import { mostReported } from "./context.js"
import { stringify } from "../wire/json.js"

/** @typedef {import("../types.js").Job} Job */

/** The error of a job whose params the handler cannot decode. */
export class UndecodableParams extends Error {
  /** @param {unknown} reason */
  constructor(reason) {
    super("The params cannot be decoded")
    this.reason = reason
  }
}

/**
 * Returns what the service is told of a failed attempt.
 *
 * @param {unknown} thrown
 * @param {Job} job
 * @param {Pick<ReturnType<typeof import("./options.js").checkedOptions>, "retryDelay" | "undecodableDelay">} options
 * @param {(message: string) => void} warn
 */
export function failureOf(thrown, job, options, warn) {
  const isUndecodable = thrown instanceof UndecodableParams
  const error = isUndecodable ? thrown.reason : thrown
  const failure = error instanceof JobFailure ? error : undefined
  let delay = isUndecodable ? options.undecodableDelay : failure?.delay
  if (delay === undefined && options.retryDelay !== undefined) {
    delay = options.retryDelay(job.retries) ?? 0
  }
  return {
    error: {
      type: failure?.type ?? typeOf(error),
      message: error instanceof Error ? error.message : String(error),
      details: small(failure?.details, warn),
    },
    retry: failure?.retry ?? true,
    delay,
  }
}

/**
 * The name of an error, which is more than that of its class where an error sets it.
 *
 * @param {unknown} error
 */
function typeOf(error) {
  if (!(error instanceof Error)) return typeof error
  return error.name !== "Error" ? error.name : (error.constructor?.name ?? "Error")
}

/**
 * Returns details that the service takes; with larger ones, it would refuse the failure.
 *
 * @param {unknown} details
 * @param {(message: string) => void} warn
 */
function small(details, warn) {
  if (details === undefined) return undefined
  try {
    const size = Buffer.byteLength(stringify(details))
    if (size <= mostReported) return details
    warn(`Left out the details of the error: ${size} bytes`)
  } catch (error) {
    warn(`Left out the details of the error: ${error}`)
  }
  return undefined
}

/**
 * Describes what happens next to a failed job.
 *
 * @param {Job} claimed
 * @param {Job | null} job - After the failure; null if it was removed.
 * @param {number | undefined} delay - What the worker asked for; undefined for that of the policy.
 * @param {number | undefined} limit - The limit of attempts of this worker.
 */
export function prospect(claimed, job, delay, limit) {
  if (job === null) return "the job was removed"
  if (job.cancelled !== undefined) return "the job was cancelled"
  if (job.failed !== undefined || claimed.retries >= (limit ?? Infinity)) {
    return `no more attempts after ${claimed.retries}`
  }
  const next = job.delayedUntil
  // An earlier delay may be left from before the attempt.
  const isLater = next !== undefined && (delay ?? 1) > 0 && next > (claimed.started ?? next)
  return isLater ? `next attempt at ${next.toISOString()}` : "next attempt at once"
}
