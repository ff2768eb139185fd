import { NotUnderstoodError } from "../errors.js"
import { fromWire, isObject } from "../wire/conversion.js"
import { errorOfAnswer } from "./errorOfAnswer.js"

/** @typedef {import("../operations.js").Operation} Operation */

/** @param {string} what */
export const notUnderstood = (what) => new NotUnderstoodError(`The answer has no ${what}`)

/**
 * Returns what a method answers.
 *
 * @param {Operation} operation
 * @param {any} answer - The JSON of the answer; null if there is none.
 * @returns {any}
 */
export function answerOf(operation, answer) {
  switch (operation.shape) {
    case "nothing": return undefined
    case "one":
      // An add always answers the job.
      if (answer === null && operation.key !== undefined) throw notUnderstood("job")
      return answer === null ? null : objectOf(operation, answer)
    case "all": return itemsOf(answer).map((item) => objectOf(operation, item))
    case "page": {
      const data = itemsOf(answer).map((item) => objectOf(operation, item))
      return { total: null, ...fromWire(operation.page ?? {}, answer), data }
    }
    case "results": return resultsOf(operation, answer)
  }
}

/**
 * The result of each item of a batch.
 *
 * @param {Operation} operation
 * @param {any} answer
 * @returns {PromiseSettledResult<any>[]}
 */
export function resultsOf(operation, answer) {
  return itemsOf(answer).map((item) => {
    if (item === null || isMember(item, "id")) {
      return { status: "fulfilled", value: item === null ? null : objectOf(operation, item) }
    }
    const reason = isMember(item, "status") && typeof item.status === "number"
      ? errorOfAnswer(item.status, item) : notUnderstood("job or error for an item")
    return { status: "rejected", reason }
  })
}

/**
 * @param {Operation} operation
 * @param {any} answer
 */
function objectOf(operation, answer) {
  if (!isObject(answer)) throw notUnderstood("object")
  for (const [name, field] of Object.entries(operation.answer)) {
    // Callers can ask for few members, of which the id is always one.
    if (name !== "id" && operation.arguments.fields !== undefined) continue
    // The services in other languages omit members that are null. What names a thing is never null.
    if (field.required && identifying.has(name) && !isMember(answer, name)) throw notUnderstood(name)
  }
  return fromWire(operation.answer, answer)
}

/** Members without which an answer is not that of the operation. */
const identifying = new Set(["id", "created", "count", "counts", "data", "job", "code"])

/**
 * @param {any} answer
 * @returns {any[]}
 */
function itemsOf(answer) {
  if (!isObject(answer) || !Array.isArray(/** @type {any} */ (answer).data)) {
    throw notUnderstood("data")
  }
  return /** @type {any} */ (answer).data
}

/**
 * @param {any} value
 * @param {string} name
 */
const isMember = (value, name) => isObject(value) && Object.hasOwn(value, name)
