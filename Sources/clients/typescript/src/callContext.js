import { AsyncLocalStorage } from "node:async_hooks"

/** @typedef {import("./callContext.js").CallContext} CallContext */

/** @type {AsyncLocalStorage<CallContext>} */
const storage = new AsyncLocalStorage()

/** The values that calls of a client send unless they are given others. */
export function currentCallContext() {
  return storage.getStore() ?? {}
}

/** @type {typeof import("./callContext.js").withCallContext} */
export function withCallContext(context, body) {
  return storage.run({ ...context }, body)
}
