import {
  InvalidDataError, LockLostError, NotAuthenticatedError, NotAuthorizedError,
  NotReplayedError, OutcomeUnknownError, OverloadedError, RefusedError, RequestConflictError,
  StoreUnavailableError, TimedOutError, TooLargeError, UnknownOperationError,
} from "../errors.js"

/** @typedef {import("../errors.js").ErrorAnswer} ErrorAnswer */
/** @typedef {import("../errors.js").JobsClientError} JobsClientError */
/** @typedef {new (message: string, answer: ErrorAnswer) => JobsClientError} ErrorClass */

/**
 * The classes of errors that have a code of their own.
 *
 * @type {Record<string, ErrorClass>}
 */
const classesByCode = {
  LOCK_LOST: LockLostError,
  OVERLOADED: OverloadedError,
  TIMED_OUT: TimedOutError,
  CONNECT_FAILED: StoreUnavailableError,
  INVALID_DATA: InvalidDataError,
  INVALID_JSON: InvalidDataError,
  NOT_REPLAYED: NotReplayedError,
  REQUEST_CONFLICT: RequestConflictError,
}

/**
 * The classes of errors without such a code.
 *
 * @type {Record<number, ErrorClass>}
 */
const classesByStatus = {
  401: NotAuthenticatedError,
  403: NotAuthorizedError,
  404: UnknownOperationError,
  405: UnknownOperationError,
  408: OutcomeUnknownError,
  413: TooLargeError,
  429: OverloadedError,
}

/**
 * Returns the error of an answer.
 *
 * @param {number} status
 * @param {any} body - The error body of the service. Another body, such as from a proxy, is ignored.
 * @param {{ retryAfter?: number | undefined, ignoredArguments?: string[] }} [headers]
 * @returns {JobsClientError}
 */
export function errorOfAnswer(status, body, headers = {}) {
  const code = text(body?.code)
  const message = text(body?.message) ?? `The service answered ${status}`
  const Class =
    (code !== undefined && Object.hasOwn(classesByCode, code) ? classesByCode[code] : undefined)
    ?? classesByStatus[status]
    // After a failure inside the service, the outcome is unknown.
    ?? (status >= 500 ? OutcomeUnknownError : RefusedError)
  return new Class(message, {
    ...headers, status, code, correlationId: text(body?.correlation_id),
    details: body?.details ?? undefined,
  })
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : undefined)
