/** @typedef {import("./fields.js").Fields} Fields */
/** @typedef {import("./fields.js").Field} Field */

/** @param {string} name */
export const wireName = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** @param {string} name */
export const scriptName = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())

/**
 * Returns an object as the wire has it. Members that are undefined are left out.
 *
 * Members that the table does not have are sent as they are: the service names them in its refusal.
 *
 * @param {Fields} fields
 * @param {object} value
 * @returns {Record<string, unknown>}
 */
export function toWire(fields, value) {
  /** @type {Record<string, unknown>} */
  const result = {}
  for (const [name, field] of Object.entries(fields)) {
    if (field.unset !== undefined) result[name] = field.unset
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    const name = wireName(key)
    put(result, name, written(own(fields, name), member))
  }
  return result
}

/**
 * Returns an object of an answer as callers see it. Members that the table does not have are kept.
 *
 * @param {Fields} fields
 * @param {object} value
 * @returns {Record<string, any>}
 */
export function fromWire(fields, value) {
  /** @type {Record<string, unknown>} */
  const result = {}
  for (const [name, member] of Object.entries(value)) {
    put(result, scriptName(name), read(own(fields, name), member))
  }
  return result
}

/**
 * @param {Field | undefined} field
 * @param {any} value
 * @returns {unknown}
 */
function written(field, value) {
  if (value === null || field === undefined) return value
  switch (field.kind) {
    case "date": return value instanceof Date ? value.toISOString() : value
    case "names":
      return Array.isArray(value)
        ? value.map((name) => typeof name === "string" ? wireName(name) : name) : value
    case "object":
      return isObject(value) ? toWire(field.fields ?? {}, value) : value
    case "list":
      return Array.isArray(value)
        ? value.map((item) => isObject(item) ? toWire(field.fields ?? {}, item) : item) : value
    default: return value
  }
}

/**
 * @param {Field | undefined} field
 * @param {any} value
 * @returns {unknown}
 */
function read(field, value) {
  if (value === null || field === undefined) return value
  switch (field.kind) {
    case "date": return typeof value === "string" ? new Date(value) : value
    case "object":
      return isObject(value) ? fromWire(field.fields ?? {}, value) : value
    case "list":
      return Array.isArray(value)
        ? value.map((item) => isObject(item) ? fromWire(field.fields ?? {}, item) : item) : value
    default: return value
  }
}

/**
 * @param {unknown} value
 * @returns {value is object}
 */
export const isObject = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * @param {Fields} fields
 * @param {string} name
 */
const own = (fields, name) => (Object.hasOwn(fields, name) ? fields[name] : undefined)

/**
 * Sets a member, also one that is named like a setter of all objects: `__proto__`.
 *
 * @param {object} target
 * @param {string} name
 * @param {unknown} value
 */
function put(target, name, value) {
  Object.defineProperty(target, name, {
    value, enumerable: true, writable: true, configurable: true,
  })
}
