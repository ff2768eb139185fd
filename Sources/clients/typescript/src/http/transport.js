import { currentCallContext } from "../callContext.js"
import {
  JobsClientError, NotUnderstoodError, OutcomeUnknownError, UnavailableError,
} from "../errors.js"
import { within } from "../sleep.js"
import { parse } from "../wire/json.js"
import { errorOfAnswer } from "./errorOfAnswer.js"

/** @typedef {import("../client.js").CallOptions} CallOptions */
/** @typedef {ReturnType<typeof import("./options.js").checkedOptions>} Options */

/**
 * One attempt of a request.
 *
 * @typedef {object} Attempt
 * @property {string} path - Below the URL of the service.
 * @property {string} body
 * @property {boolean} isIdentified - Whether the request has request ids, or asks for them.
 * @property {number} timeout - In milliseconds.
 * @property {CallOptions} options
 */

/** Causes of errors of `fetch` with which the request has not left this machine. */
const unsent = new Set([
  "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT", "CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID",
])

/** Sends requests to one service with `fetch`, which keeps and reuses connections. */
export class Transport {
  /**
   * @param {Options} options
   * @param {import("./requestIds.js").RequestIds} requestIds - Learns from the answers.
   */
  constructor(options, requestIds) {
    this.options = options
    this.requestIds = requestIds
  }

  /**
   * Sends a request once.
   *
   * @param {Attempt} attempt
   * @returns {Promise<any>} The JSON of the answer; null for an answer without data.
   */
  async send(attempt) {
    const signal = attempt.options.signal ?? undefined
    signal?.throwIfAborted()
    const timedOut = () => new OutcomeUnknownError("The connection failed: no answer in time")
    /** @type {{ response: Response, text: string }} */
    let answer
    try {
      answer = await within(attempt.timeout, [signal], timedOut, async (signal) => {
        const response = await this.options.fetch(this.url(attempt), {
          method: "POST", headers: this.headers(attempt), body: attempt.body, signal,
          redirect: "manual",
        })
        return { response, text: await response.text() }
      })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw error instanceof JobsClientError ? error : transportError(error)
    }
    const { response, text } = answer
    const isAnnounced = /\brequest-id\b/.test(response.headers.get("Preference-Applied") ?? "")
    if (!response.ok) {
      const error = errorOfAnswer(response.status, lenientlyParsed(text), {
        retryAfter: retryAfter(response),
        ignoredArguments: response.headers.get("X-Ignored-Arguments")?.split(/, */) ?? [],
      })
      if (attempt.isIdentified) this.requestIds.noteError(error, isAnnounced)
      throw error
    }
    if (attempt.isIdentified) this.requestIds.note(isAnnounced)
    if (text === "") return null
    try {
      return parse(text)
    } catch (error) {
      throw new NotUnderstoodError("The answer is not JSON", {
        status: response.status, cause: error,
      })
    }
  }

  /** @param {Attempt} attempt */
  url(attempt) {
    const id = correlationId(attempt)
    const query = id !== undefined && this.options.correlationIdPlace !== "headers"
      ? `?correlation_id=${encodeURIComponent(id)}` : ""
    return `${this.options.url}/${attempt.path}${query}`
  }

  /**
   * @param {Attempt} attempt
   * @returns {Record<string, string>}
   */
  headers(attempt) {
    /** @type {Record<string, string>} */
    const headers = {
      "Content-Type": "application/json",
      // Has the service refuse arguments that it does not know, and say that it knows request ids.
      Prefer: attempt.isIdentified ? "handling=strict, request-id" : "handling=strict",
    }
    if (this.options.token !== undefined) headers.Authorization = `Bearer ${this.options.token}`
    const traceparent = attempt.options.traceparent ?? currentCallContext().traceparent
    if (traceparent !== undefined) headers.traceparent = traceparent
    const id = correlationId(attempt)
    if (id !== undefined && this.options.correlationIdPlace !== "query") {
      // Some characters of an id are not allowed in a header.
      headers.correlation_id = id.replace(/[^ -~]/g, "")
    }
    return headers
  }
}

/** @param {Attempt} attempt */
function correlationId(attempt) {
  return attempt.options.correlationId ?? currentCallContext().correlationId
}

/** @param {unknown} error */
function transportError(error) {
  // The message of `fetch` is "fetch failed"; its causes tell what happened.
  const cause = /** @type {any} */ (error)?.cause
  const code = cause?.code ?? cause?.errors?.[0]?.code
  const reason = cause?.message || code || /** @type {any} */ (error)?.message || String(error)
  return unsent.has(code)
    ? new UnavailableError(`The service cannot be reached: ${reason}`, { cause: error })
    : new OutcomeUnknownError(`The connection failed: ${reason}`, { cause: error })
}

/** @param {Response} response */
function retryAfter(response) {
  const seconds = response.headers.get("Retry-After")
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined
}

/** @param {string} text */
function lenientlyParsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
