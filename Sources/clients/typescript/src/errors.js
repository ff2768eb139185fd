/** @typedef {import("./errors.js").ErrorKind} ErrorKind */
/** @typedef {import("./errors.js").ErrorAnswer} ErrorAnswer */

/** @typedef {import("./errors.js").JobsClientError} Declared - What the types of the package say. */

/**
 * The error of a call. Each kind asks the caller for a different reaction.
 *
 * @implements {Declared}
 */
export class JobsClientError extends Error {
  /**
   * @param {ErrorKind} kind
   * @param {string} message
   * @param {ErrorAnswer} [answer]
   */
  constructor(kind, message, answer = {}) {
    super(message, answer.cause === undefined ? undefined : { cause: answer.cause })
    this.name = new.target.name
    this.kind = kind
    this.status = answer.status
    this.code = answer.code
    this.details = answer.details
    this.correlationId = answer.correlationId
    this.retryAfter = answer.retryAfter
    this.ignoredArguments = answer.ignoredArguments ?? []
  }

  get isRetryable() {
    return this.kind === "unavailable" || this.kind === "outcomeUnknown"
  }

  get mayHaveHappened() {
    return this.kind === "outcomeUnknown" || this.kind === "notUnderstood"
  }

  /** @override */
  toString() {
    const parts = [this.status, this.code].filter((part) => part !== undefined).join(" ")
    return parts === "" ? this.message : `${parts}: ${this.message}`
  }
}

/** Nothing was done, because the service cannot be reached or is overloaded. */
export class UnavailableError extends JobsClientError {
  /** @param {string} message @param {ErrorAnswer} [answer] */
  constructor(message, answer) {
    super("unavailable", message, answer)
  }
}

/** The connection or the service failed during the call, which may have been carried out. */
export class OutcomeUnknownError extends JobsClientError {
  /** @param {string} message @param {ErrorAnswer} [answer] */
  constructor(message, answer) {
    super("outcomeUnknown", message, answer)
  }
}

/** The answer is not that of a jobs service. */
export class NotUnderstoodError extends JobsClientError {
  /** @param {string} message @param {ErrorAnswer} [answer] */
  constructor(message, answer) {
    super("notUnderstood", message, answer)
  }
}

/** LOCK_LOST: the caller does not hold the lease on the job. */
export class LockLostError extends JobsClientError {
  /** @param {string} message @param {ErrorAnswer} [answer] */
  constructor(message, answer) {
    super("lockLost", message, answer)
  }
}

/** The service refuses the call. */
export class RefusedError extends JobsClientError {
  /** @param {string} message @param {ErrorAnswer} [answer] */
  constructor(message, answer) {
    super("refused", message, answer)
  }

  /** Whether the service refused the call for what it holds, and not because of the caller. */
  get isAboutContent() {
    return this.status === undefined || this.status === 400 || this.status === 413
  }
}

/** OVERLOADED, or 429: too many calls wait. */
export class OverloadedError extends UnavailableError {}
/** TIMED_OUT: the service gave up before it did anything. */
export class TimedOutError extends UnavailableError {}
/** CONNECT_FAILED: the service cannot reach its store. */
export class StoreUnavailableError extends OutcomeUnknownError {}
/** INVALID_DATA, INVALID_JSON: arguments are wrong. */
export class InvalidDataError extends RefusedError {}
/** NOT_REPLAYED: a replay does not apply to the job. */
export class NotReplayedError extends RefusedError {}
/** REQUEST_CONFLICT: the request id was used for another job. */
export class RequestConflictError extends RefusedError {}
/** 401: the service wants a key or a token, or does not accept this one. */
export class NotAuthenticatedError extends RefusedError {}
/** 403: the caller may not use the operation, or not for this type. */
export class NotAuthorizedError extends RefusedError {}
/** 413: the body is too large. */
export class TooLargeError extends RefusedError {}
/** 404 or 405: the service does not know the operation. */
export class UnknownOperationError extends RefusedError {}
