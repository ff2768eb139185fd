import { JobsClientError } from "./errors.js"
import { answerOf, notUnderstood, resultsOf } from "./http/answers.js"
import { Caller } from "./http/caller.js"
import { chunks } from "./http/chunks.js"
import { checkedOptions } from "./http/options.js"
import { operations, operationsByName } from "./operations.js"
import { toWire } from "./wire/conversion.js"
import { stringify } from "./wire/json.js"

/** @typedef {import("./client.js").CallOptions} CallOptions */
/** @typedef {import("./operations.js").Operation} Operation */

/** A client of a jobs service over HTTP. Its methods come from the table of operations. */
export class JobsClient {
  /** @type {Caller} */
  #caller

  /** @param {string | import("./client.js").JobsClientOptions} options */
  constructor(options) {
    this.#caller = new Caller(checkedOptions(typeof options === "string" ? { url: options } : options))
  }

  /** @type {import("./client.js").JobsClient["call"]} */
  async call(name, input, options = {}) {
    const operation = operationsByName.get(name)
    if (operation === undefined) throw new TypeError(`There is no operation ${name}`)
    if (operation.isBatch) return this.#callWithItems(operation, input, options)
    const item = toWire(operation.arguments, input ?? {})
    const body = () => stringify(operation.key === undefined ? item : { [operation.key]: item })
    return answerOf(operation, await this.#caller.call({ operation, items: [item], body }, options))
  }

  /**
   * Sends items in as many requests as necessary.
   *
   * An error of the first request is thrown, since nothing was done before. An error of a later request
   * is the result of every item without an answer.
   *
   * @param {Operation} operation
   * @param {unknown} inputs
   * @param {CallOptions} options
   */
  async #callWithItems(operation, inputs, options) {
    if (!Array.isArray(inputs)) throw new TypeError(`${operation.method} takes an array`)
    /** @type {PromiseSettledResult<any>[]} */
    const results = []
    for (const items of chunks(inputs.map((input) => toWire(operation.arguments, input)))) {
      const body = () => stringify({ [String(operation.key)]: items })
      try {
        const answer = await this.#caller.call({ operation, items, body }, options)
        const answers = resultsOf(operation, answer)
        if (answers.length !== items.length) throw notUnderstood("answer for each item")
        results.push(...answers)
      } catch (error) {
        if (results.length === 0 || !(error instanceof JobsClientError)) throw error
        while (results.length < inputs.length) results.push({ status: "rejected", reason: error })
        break
      }
    }
    return results
  }
}

for (const { name, method } of operations) {
  Object.defineProperty(JobsClient.prototype, method, {
    configurable: true, writable: true,
    /**
     * @this {JobsClient}
     * @param {any} [input]
     * @param {CallOptions} [options]
     */
    value(input, options) {
      return this.call(name, input, options)
    },
  })
}
