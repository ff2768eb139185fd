/** @type {typeof import("./retryDelay.js").RetryDelay} */
export const RetryDelay = {
  none: () => undefined,
  constant: (delay) => () => delay,
  exponential({ first, longest, jitter = 0.2 }) {
    if (!(jitter >= 0 && jitter <= 1)) throw new TypeError("jitter is a share from 0 to 1")
    return (attempt) =>
      Math.min(first * 2 ** Math.min(Math.max(attempt - 1, 0), 30), longest)
      * (1 - Math.random() * jitter)
  },
}
