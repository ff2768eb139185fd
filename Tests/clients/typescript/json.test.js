import assert from "node:assert/strict"
import { test } from "node:test"
import { ExactNumber } from "../../../Sources/clients/typescript/src/index.js"
import { parse, stringify } from "../../../Sources/clients/typescript/src/wire/json.js"

test("numbers that a double carries are numbers", () => {
  for (const text of ["0", "-1", "9007199254740991", "0.1", "1e21", "1.50", "123456789.125",
    "0.30000000000000004", "5e-324", "1.7976931348623157e308", "1E2", "-0.0", "1.0000000000000000000"]) {
    assert.equal(parse(text), JSON.parse(text), text)
  }
})

test("integers beyond 2^53 are read digit by digit", () => {
  assert.equal(parse("9007199254740993"), 9007199254740993n)
  assert.equal(parse("-123456789012345678901234567890"), -123456789012345678901234567890n)
  assert.deepEqual(parse('{"a":[1,9007199254740992]}'), { a: [1, 9007199254740992n] })
})

test("other numbers that a double rounds keep their text", () => {
  for (const text of ["0.12345678901234567890", "1e400", "-2.5e-400", "9007199254740993.0"]) {
    const number = parse(`[${text}]`)[0]

    assert.ok(number instanceof ExactNumber, text)
    assert.equal(number.text, text)
    assert.equal(number * 1, Number(text))
  }
})

test("what was read is written as it was", () => {
  for (const text of [
    '{"id":9007199254740993,"share":0.12345678901234567890,"s":"9007199254740993"}',
    '{"__proto__":{"n":12345678901234567890},"constructor":1}',
    '["\\"12345678901234567890\\\\",12345678901234567890]',
  ]) {
    assert.equal(stringify(parse(text)), text)
  }
})

test("strings are never taken for numbers, however long they are", () => {
  const long = `,12345678901234567890${"\\\"x".repeat(300_000)}`
  const value = { long, big: 12345678901234567890n, plain: "12345678901234567890" }

  assert.deepEqual(parse(stringify(value)), value)
})

test("text that is not JSON is an error, also beside large numbers", () => {
  for (const text of ["[12345678901234567890", "{ 12345678901234567890:1}", "012345678901234567890",
    "[1234567890123456789.]"]) {
    assert.throws(() => parse(text), SyntaxError, text)
  }
})

test("values that JSON cannot hold are refused, not changed", () => {
  assert.throws(() => stringify({ a: NaN }), TypeError)
  assert.throws(() => stringify([Infinity]), TypeError)
  assert.throws(() => stringify(() => 1), TypeError)
  assert.throws(() => new ExactNumber("1e"), TypeError)
})
