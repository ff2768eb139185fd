/** @typedef {import("./exactNumber.js").ExactNumber} Declared - What the types of the package say. */

/**
 * A number of JSON that is no integer and that a double would round, such as 0.12345678901234567890.
 *
 * @implements {Declared}
 */
export class ExactNumber {
  /** @param {string} text */
  constructor(text) {
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
      throw new TypeError(`${text} is not a number of JSON`)
    }
    this.text = text
    Object.freeze(this)
  }

  /** The nearest double, so that arithmetic works. */
  valueOf() {
    return Number(this.text)
  }

  toString() {
    return this.text
  }

  /** What other writers of JSON get: the nearest double. The methods of the client write the text. */
  toJSON() {
    return this.valueOf()
  }
}
