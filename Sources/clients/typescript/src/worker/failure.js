/** @typedef {import("./failure.js").JobFailure} Declared - What the types of the package say. */

/**
 * An error with which a handler says how its job has failed.
 *
 * @implements {Declared}
 */
export class JobFailure extends Error {
  /**
   * @param {string} message
   * @param {import("./failure.js").JobFailureOptions} [options]
   */
  constructor(message, options = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = "JobFailure"
    this.type = options.type ?? "JobFailure"
    this.details = options.details
    this.retry = options.retry ?? true
    this.delay = options.delay
  }
}
