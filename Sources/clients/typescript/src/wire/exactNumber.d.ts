/**
 * A number of JSON that is no integer and that a double would round, such as `0.12345678901234567890`.
 *
 * The client writes it as it was read. Arithmetic, and `JSON.stringify`, take the nearest double.
 */
export class ExactNumber {
  /**
   * Creates a number from its text in JSON.
   *
   * @throws TypeError if the text is not a number of JSON
   */
  constructor(text: string)
  /** The number as JSON has it. */
  readonly text: string
  /** The nearest double. */
  valueOf(): number
  toString(): string
  toJSON(): number
}
