import { randomInt } from "node:crypto"
import { hostname } from "node:os"

/** @typedef {import("./worker.js").JobsWorkerOptions} JobsWorkerOptions */

/** The maximum number of types of one claim. */
const mostTypes = 20

/** The maximum number of characters of the name of a worker. */
const longestName = 200

/**
 * The default name of the workers of this process. Processes in containers often have the same id, hence
 * the random number.
 */
export const processName =
  `${hostname().slice(0, 100)}-${process.pid}-${randomInt(0x1000, 0x10000).toString(16)}`

/**
 * Logs to the console, except details.
 *
 * @type {import("./worker.js").WorkerLogger}
 */
const consoleLogger = {
  debug() {},
  info: (message, fields) => console.info(message, fields),
  warn: (message, fields) => console.warn(message, fields),
  error: (message, fields) => console.error(message, fields),
}

/**
 * Returns the options of a worker with their defaults.
 *
 * @param {JobsWorkerOptions} options
 * @throws {TypeError} if an option is invalid
 */
export function checkedOptions(options) {
  const {
    handlers, timeout, concurrency = 1, name = processName, maxRetries, retryDelay,
    undecodableDelay = 60_000, waitTimeout = 20_000, longestPause = 2000, progressInterval = 1000,
    gracePeriod = 30_000, logger = consoleLogger, shared = false,
  } = options
  const kinds = Object.entries(handlers ?? {}).map(([type, given]) => {
    const line = typeof given === "function" ? { handler: given } : given
    const own = { type, concurrency, params: undefined, ...line }
    if (typeof own.handler !== "function") throw new TypeError(`handlers: ${type} is no function`)
    if (!Number.isInteger(own.concurrency) || own.concurrency < 1) {
      throw new TypeError("concurrency: a worker handles at least one job at a time")
    }
    if (shared && own.concurrency !== concurrency) {
      throw new TypeError("concurrency: the types of a worker share it")
    }
    return own
  })
  if (kinds.length === 0) throw new TypeError("handlers: a worker has at least one")
  if (shared && kinds.length > mostTypes) {
    throw new TypeError(`handlers: at most ${mostTypes} types share the slots of a worker`)
  }
  const lines = shared ? [{ kinds, concurrency }]
    : kinds.map((kind) => ({ kinds: [kind], concurrency: kind.concurrency }))
  if (typeof timeout !== "number" || !(timeout > 0)) {
    throw new TypeError("timeout: a lease lasts for more than 0 milliseconds")
  }
  const times = { undecodableDelay, waitTimeout, longestPause, progressInterval, gracePeriod }
  for (const [option, time] of Object.entries(times)) {
    if (typeof time !== "number" || !(time >= 0)) {
      throw new TypeError(`${option} must be a number of milliseconds`)
    }
  }
  return {
    lines, timeout, maxRetries, retryDelay, ...times, logger,
    progressInterval: Math.max(progressInterval, 10),
    // The service refuses a longer name.
    name: name ? [...name].slice(0, longestName).join("") : undefined,
  }
}
