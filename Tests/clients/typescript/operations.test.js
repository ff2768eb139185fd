import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { JobsClient } from "../../../Sources/clients/typescript/src/index.js"
import { operations } from "../../../Sources/clients/typescript/src/operations.js"
import * as fields from "../../../Sources/clients/typescript/src/wire/fields.js"
import { pending } from "./pending.js"
import { Service } from "./support/service.js"

// The table of operations against what the program says of itself.

let service
let described
before(async () => {
  service = await Service.start()
  described = await (await fetch(`${service.url}/openapi.json`)).json()
})
after(() => service.stop())

const prefix = "/v1/jobs/"

function describedOperations() {
  return Object.entries(described.paths)
    .filter(([path, { post }]) => path.startsWith(prefix) && post !== undefined)
    .map(([path, { post }]) => [path.slice(prefix.length), post])
}

/** A schema without references and without what only says that a value may be null. */
function resolved(schema) {
  if (schema?.$ref !== undefined) {
    const names = schema.$ref.split("/").slice(1)
    return resolved(names.reduce((value, name) => value[name], described))
  }
  if (schema?.allOf !== undefined) {
    const parts = schema.allOf.map(resolved)
    return {
      ...schema, type: "object",
      required: parts.flatMap((part) => part.required ?? []),
      properties: Object.assign({}, ...parts.map((part) => part.properties)),
    }
  }
  const choices = schema?.anyOf ?? schema?.oneOf
  if (choices !== undefined && schema.properties === undefined) {
    const objects = choices.map(resolved).filter(({ properties, items }) => properties ?? items)
    if (objects.length > 0) return objects[0]
  }
  return schema ?? {}
}

/** What the description has, in the terms of the table. */
function tableOf(schema) {
  const { properties = {}, required = [] } = resolved(schema)
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => {
    const value = resolved(property)
    const field = {}
    if (required.includes(name)) field.required = true
    if (value.properties !== undefined) field.fields = tableOf(value)
    if (value.type === "array" && resolved(value.items).properties !== undefined) {
      field.fields = tableOf(value.items)
    }
    if (value.format === "date-time") field.isDate = true
    return [name, field]
  }))
}

/** The table of the client in the same form, without what the program does not have yet. */
function reduced(table, at, isAnswer, isMoment = isAnswer) {
  return Object.fromEntries(Object.entries(table)
    .filter(([name]) => !pending.members.includes(`${at}.${name}`))
    .map(([name, field]) => {
      const entry = {}
      if (field.required) entry.required = true
      if (field.fields) entry.fields = reduced(field.fields, name, isAnswer, isMoment)
      // Arguments that are moments are described as any value.
      if (field.kind === "date" && isMoment) entry.isDate = true
      return [name, entry]
    }))
}

/** The moments of arguments are not told from other values. */
function withoutMoments(table) {
  return Object.fromEntries(Object.entries(table).map(([name, { isDate, ...field }]) =>
    [name, field.fields ? { ...field, fields: withoutMoments(field.fields) } : field]))
}

test("the table has the operations of the program", () => {
  const names = describedOperations().map(([name]) => name)

  const known = operations.map(({ name }) => name)
    .filter((name) => names.includes(name) || !pending.operations.includes(name))
  assert.deepEqual(known.sort(), names.sort())
})

test("the table has the arguments of each operation", () => {
  for (const [name, post] of describedOperations()) {
    const operation = operations.find((row) => row.name === name)
    const body = resolved(post.requestBody?.content["application/json"].schema)
    let schema = body
    if (operation.key !== undefined) {
      assert.deepEqual(Object.keys(body.properties), [operation.key], name)
      schema = resolved(body.properties[operation.key])
      assert.equal(schema.type === "array" || schema.items !== undefined, operation.isBatch, name)
      if (operation.isBatch) schema = schema.items
    }
    // `replay_jobs` needs one of two, which a schema says beside its properties.
    const { properties = {}, required = [] } = resolved(schema)
    const told = tableOf({ properties, required })
    assert.deepEqual(
      reduced(operation.arguments, name, false), withoutMoments(told), `arguments of ${name}`)
  }
})

test("the table has the answers of each operation", () => {
  for (const [name, post] of describedOperations()) {
    const { shape, answer, page } = operations.find((row) => row.name === name)
    const schema = post.responses["200"]?.content?.["application/json"].schema
    const isNullable = post.responses["204"] !== undefined
    if (shape === "nothing") {
      assert.ok(schema === undefined && isNullable, name)
      continue
    }
    const whole = tableOf(schema)
    if (shape === "one") {
      assert.deepEqual(reduced(answer, "answer", true), whole, `answer of ${name}`)
      continue
    }
    assert.deepEqual(reduced(answer, "answer", true), whole.data.fields, `items of ${name}`)
    if (shape === "page") {
      const { data, total, ...rest } = whole
      assert.ok(data && total, name)
      assert.deepEqual(reduced(page ?? {}, "page", true), rest, `page of ${name}`)
    } else {
      assert.deepEqual(Object.keys(whole), ["data"], name)
    }
  }
})

test("the program says that it knows request ids as the client looks for it", async () => {
  const answer = await fetch(`${service.url}${prefix}extend_jobs`, {
    method: "POST", body: '{"jobs":[]}', headers: { Prefer: "handling=strict, request-id" },
  })

  const isPending = pending.members.includes("add_job.request_id")
  assert.equal(
    answer.headers.get("Preference-Applied"),
    isPending ? "handling=strict" : "handling=strict, request-id")
})

test("the client has a method for each operation", () => {
  const client = new JobsClient("http://localhost")

  for (const { method } of operations) assert.equal(typeof client[method], "function", method)
})

test("members with a kind of their own are read as such", () => {
  for (const [name, table] of Object.entries(fields)) {
    if (typeof table !== "object" || "kind" in table) continue
    for (const [member, field] of Object.entries(table)) {
      const hasFields = field.kind === "object" || field.kind === "list"
      assert.equal(hasFields, field.fields !== undefined, `${name}.${member}`)
    }
  }
})
