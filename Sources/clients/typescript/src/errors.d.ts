/** What an error asks of the caller. Treat an unknown kind like `outcomeUnknown`. */
export type ErrorKind = "lockLost" | "unavailable" | "outcomeUnknown" | "refused" | "notUnderstood"

/** What an answer says of an error. */
export interface ErrorAnswer {
  status?: number | undefined
  code?: string | undefined
  details?: Record<string, string> | undefined
  correlationId?: string | undefined
  retryAfter?: number | undefined
  ignoredArguments?: string[]
  cause?: unknown
}

/** The error of a call. Its class, or its `kind`, says what to do; its `code` is that of the service. */
export class JobsClientError extends Error {
  constructor(kind: ErrorKind, message: string, answer?: ErrorAnswer)
  readonly kind: ErrorKind
  /** The HTTP status; undefined if there was no answer. */
  readonly status: number | undefined
  /** The code of the service: `INVALID_DATA`, `LOCK_LOST`, ... */
  readonly code: string | undefined
  /** More of the service about the error, such as every wrong argument. */
  readonly details: Record<string, string> | undefined
  /** The correlation id with which to search the log of the service. */
  readonly correlationId: string | undefined
  /** How long the service asks to wait before the next attempt, in milliseconds. */
  readonly retryAfter: number | undefined
  /** The arguments that the service does not know: `new_job.priorty`. */
  readonly ignoredArguments: string[]
  /** Whether the same call may succeed later. Look at `mayHaveHappened` before repeating it. */
  get isRetryable(): boolean
  /** Whether the operation may have been carried out despite the error. */
  get mayHaveHappened(): boolean
}

/** Nothing was done: the service cannot be reached, or is overloaded. */
export class UnavailableError extends JobsClientError {
  constructor(message: string, answer?: ErrorAnswer)
}

/** The connection or the service failed during the call: it may or may not have been carried out. */
export class OutcomeUnknownError extends JobsClientError {
  constructor(message: string, answer?: ErrorAnswer)
}

/** The answer is not that of a jobs service. */
export class NotUnderstoodError extends JobsClientError {
  constructor(message: string, answer?: ErrorAnswer)
}

/** `LOCK_LOST`: the caller does not hold the lease on the job, and has to stop its work on it. */
export class LockLostError extends JobsClientError {
  constructor(message: string, answer?: ErrorAnswer)
}

/** The service refuses the call (`REFUSED`, or another 4xx). The call or the address is wrong. */
export class RefusedError extends JobsClientError {
  constructor(message: string, answer?: ErrorAnswer)
  /** Whether the reason is what the call holds, and not who makes it. */
  get isAboutContent(): boolean
}

/** `OVERLOADED`, or 429: too many calls wait. */
export class OverloadedError extends UnavailableError {}
/** `TIMED_OUT`: the service gave up before it did anything. */
export class TimedOutError extends UnavailableError {}
/** `CONNECT_FAILED`: the service cannot reach its store. */
export class StoreUnavailableError extends OutcomeUnknownError {}
/** `INVALID_DATA`, `INVALID_JSON`: arguments are missing, wrong or not known; the message names them. */
export class InvalidDataError extends RefusedError {}
/** `NOT_REPLAYED`: a replay does not apply to the job. */
export class NotReplayedError extends RefusedError {}
/** `REQUEST_CONFLICT`: the request id was used for another job. */
export class RequestConflictError extends RefusedError {}
/** 401: the service wants a key or a token, or does not accept this one. */
export class NotAuthenticatedError extends RefusedError {}
/** 403: the caller may not use the operation, or not for this type. */
export class NotAuthorizedError extends RefusedError {}
/** 413: the body is too large. */
export class TooLargeError extends RefusedError {}
/** 404 or 405: the service does not know the operation. */
export class UnknownOperationError extends RefusedError {}
