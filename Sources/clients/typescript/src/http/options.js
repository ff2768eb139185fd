/** @typedef {import("../client.js").JobsClientOptions} JobsClientOptions */

/**
 * Returns the options with their defaults.
 *
 * @param {JobsClientOptions} options
 * @throws {TypeError} if an option is invalid
 */
export function checkedOptions(options) {
  const {
    url, baseRoute = "v1/jobs", timeout = 20_000, deadline, retries = 3, retryPause = 100,
    correlationIdPlace = "query", token, requestIds = true,
    fetch = globalThis.fetch,
  } = options
  if (typeof url !== "string" || !/^https?:\/\/[^ ?#/][^ ?#]*$/.test(url)) {
    throw new TypeError("url must be an http or https URL, without query")
  }
  // The message never contains the token, since errors are logged.
  if (token !== undefined && !/^[!-~]+$/.test(token)) {
    throw new TypeError("token: it has characters that no key or token can have")
  }
  if (!["query", "headers", "both"].includes(correlationIdPlace)) {
    throw new TypeError("correlationIdPlace must be query, headers or both")
  }
  const numbers = { timeout, retries, retryPause, ...(deadline === undefined ? {} : { deadline }) }
  for (const [name, number] of Object.entries(numbers)) {
    if (typeof number !== "number" || !(number >= 0)) {
      throw new TypeError(`${name} must be a number of 0 or more`)
    }
  }
  return {
    url: url.replace(/\/+$/, ""), baseRoute: baseRoute.replace(/^\/+|\/+$/g, ""), timeout, deadline,
    retries, retryPause, correlationIdPlace, token, requestIds, fetch,
  }
}
