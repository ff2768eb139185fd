import { setMaxListeners } from "node:events"

/** The longest time that `setTimeout` knows; it fires at once after a longer one. */
export const longestTimer = 2 ** 31 - 1

/**
 * Waits for a time, or until a signal is aborted.
 *
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 * @throws the reason of the signal
 */
export function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }, Math.min(Math.max(milliseconds, 0), longestTimer))
    signal?.addEventListener("abort", stop, { once: true })
  })
}

/**
 * Runs a call that is aborted by any of the signals or after a time. (Node 18 has no `AbortSignal.any`.)
 *
 * @template T
 * @param {number | undefined} milliseconds
 * @param {readonly (AbortSignal | undefined)[]} signals
 * @param {() => unknown} timeoutReason - The reason of an abort because of the time.
 * @param {(signal: AbortSignal) => Promise<T>} call
 * @returns {Promise<T>}
 */
export async function within(milliseconds, signals, timeoutReason, call) {
  const controller = new AbortController()
  const undo = signals.map((signal) => {
    const abort = () => controller.abort(signal?.reason)
    if (signal === undefined) return () => {}
    if (signal.aborted) abort()
    // Many calls may share a signal, which is no leak.
    setMaxListeners(0, signal)
    signal.addEventListener("abort", abort, { once: true })
    return () => signal.removeEventListener("abort", abort)
  })
  const timer = milliseconds === undefined ? undefined : setTimeout(
    () => controller.abort(timeoutReason()), Math.min(Math.max(milliseconds, 0), longestTimer))
  try {
    return await call(controller.signal)
  } finally {
    clearTimeout(timer)
    for (const remove of undo) remove()
  }
}
