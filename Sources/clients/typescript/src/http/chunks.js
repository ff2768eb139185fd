import { stringify } from "../wire/json.js"

/** The maximum number of items in one request. */
const mostItems = 1000
/** The maximum size of the items of one request: below the mebibyte of a body, with room around them. */
const mostBytes = 1_000_000
/** The room for a request id, which an item may get later. */
const reserve = 64

/**
 * Divides items into those of one request each, in order.
 *
 * @param {readonly Record<string, unknown>[]} items
 * @returns {Generator<Record<string, unknown>[], void>}
 */
export function* chunks(items) {
  /** @type {Record<string, unknown>[]} */
  let chunk = []
  let bytes = 0
  for (const item of items) {
    const size = Buffer.byteLength(stringify(item)) + reserve
    if (chunk.length === mostItems || (chunk.length > 0 && bytes + size > mostBytes)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(item)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}
