import assert from "node:assert/strict"

/**
 * Waits until something holds.
 *
 * @template T
 * @param {string} what
 * @param {() => T | Promise<T>} check
 * @param {number} [limit] - In milliseconds.
 * @returns {Promise<NonNullable<T>>} What the check returned.
 */
export async function until(what, check, limit = 15_000) {
  const end = Date.now() + limit
  for (;;) {
    const value = await check()
    if (value) return value
    assert.ok(Date.now() < end, `${what}, within ${limit} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A promise that is resolved from outside. */
export function gate() {
  let open
  const opened = new Promise((resolve) => { open = resolve })
  return { open, opened }
}

/** Keeps the log of a worker, which tests can look at. */
export function recordingLogger() {
  const lines = []
  const log = (level) => (message, fields) => lines.push({ level, message, ...fields })
  return {
    lines, debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error"),
    has: (text) => lines.some(({ message }) => message.includes(text)),
  }
}
