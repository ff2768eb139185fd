import { randomUUID } from "node:crypto"
import { ExactNumber } from "./exactNumber.js"

// Numbers of JSON have no limits, those of JavaScript do: `JSON.parse` rounds silently. Here a number that
// would be rounded becomes a `bigint` or an `ExactNumber`, and both are written as they were read.

/** A number that a double may not carry: many digits, or a large exponent. Strings may match as well. */
const suspect = /(?:^|[\s:,[])-?(?:\d[\d.]{15}|[\d.]+[eE][+-]?\d{3})/

/** A string, which is skipped, or a number. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs

/**
 * Parses JSON without rounding a number.
 *
 * @param {string} text
 * @returns {any}
 * @throws {SyntaxError} if the text is not JSON
 */
export function parse(text) {
  const rounded = JSON.parse(text)
  if (!suspect.test(text)) return rounded
  // No text of the other side can contain the mark, since it did not know it.
  const mark = `${randomUUID()}:`
  const marked = text.replace(token, (found) =>
    found[0] === '"' || isExact(found) ? found : `"${mark}${found}"`)
  return JSON.parse(marked, (_, value) =>
    typeof value === "string" && value.startsWith(mark)
      ? exact(value.slice(mark.length)) : value)
}

/**
 * Writes a value as JSON, with every digit of a `bigint` and of an `ExactNumber`.
 *
 * @param {unknown} value
 * @returns {string}
 * @throws {TypeError} if JSON cannot hold the value: NaN, an infinity, or an object within itself
 */
export function stringify(value) {
  /** @type {string | undefined} */
  let mark
  const text = JSON.stringify(value, function (key, value) {
    // `value` is what `toJSON` made of the member, so look at the member itself.
    const member = this[key]
    if (typeof member === "bigint" || member instanceof ExactNumber) {
      mark ??= `${randomUUID()}:`
      return mark + String(member)
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new TypeError(`JSON has no number ${value} (at ${JSON.stringify(key)})`)
    }
    return value
  })
  if (text === undefined) throw new TypeError(`JSON cannot hold a ${typeof value}`)
  return mark === undefined ? text : text.replace(new RegExp(`"${mark}([^"]*)"`, "g"), "$1")
}

/** @param {string} text */
function exact(text) {
  return /^-?\d+$/.test(text) ? BigInt(text) : new ExactNumber(text)
}

/**
 * Whether a double has the value of a number, as far as its shortest form tells.
 *
 * @param {string} text
 */
function isExact(text) {
  const number = Number(text)
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(number)
  return Number.isFinite(number) && normalized(text) === normalized(String(number))
}

/**
 * The digits of a number without zeros around them, and the power of ten of the last digit.
 *
 * @param {string} text
 */
function normalized(text) {
  const [, sign, whole, fraction = "", exponent = "0"] =
    /** @type {RegExpExecArray} */ (/^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text))
  const digits = (whole + fraction).replace(/^0+/, "")
  const significant = digits.replace(/0+$/, "")
  if (significant === "") return "0"
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign}${significant}e${power}`
}
