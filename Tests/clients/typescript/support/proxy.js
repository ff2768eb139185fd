import { createServer, request } from "node:http"

/**
 * A proxy in front of a service, which fails as it is told.
 *
 * - `{ status, body?, headers? }`: answers so, without asking the service
 * - `"drop"`: asks the service, and closes the connection instead of answering
 * - `"close"`: closes the connection without asking the service
 * - `"hang"`: never answers
 *
 * @typedef {"drop" | "close" | "hang" | { status: number, body?: object, headers?: object }} Fault
 */
export class Proxy {
  /** @param {string} target - The URL of the service. */
  static async start(target) {
    const proxy = new Proxy()
    proxy.target = new URL(target)
    /** A header of answers that is left out. */
    proxy.hiddenHeader = ""
    /** What was asked, as { path, operation, headers, body }. */
    proxy.requests = []
    /** @type {((request: object) => Fault | undefined)[]} */
    proxy.rules = []
    proxy.server = createServer((incoming, outgoing) => proxy.#handle(incoming, outgoing))
    await new Promise((resolve) => proxy.server.listen(0, "127.0.0.1", resolve))
    // So that a test that does not stop it does not keep the others waiting.
    proxy.server.unref()
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`
    return proxy
  }

  /**
   * Has the next calls of an operation fail.
   *
   * @param {string} operation
   * @param {Fault} fault
   * @param {number} [times]
   */
  fail(operation, fault, times = 1) {
    let left = times
    this.rules.push((asked) => {
      if (asked.operation !== operation || left === 0) return undefined
      left -= 1
      return fault
    })
  }

  /** The number of calls of an operation so far. @param {string} operation */
  count(operation) {
    return this.calls(operation).length
  }

  /** @param {string} operation */
  calls(operation) {
    return this.requests.filter((asked) => asked.operation === operation)
  }

  async stop() {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** The fault of the first rule that has one. */
  #fault(asked) {
    for (const rule of this.rules) {
      const fault = rule(asked)
      if (fault !== undefined) return fault
    }
    return undefined
  }

  async #handle(incoming, outgoing) {
    const chunks = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const path = incoming.url.split("?")[0]
    const asked = {
      path: incoming.url, operation: path.split("/").pop(), headers: incoming.headers,
      body: body.length > 0 ? JSON.parse(body) : undefined,
    }
    this.requests.push(asked)
    const fault = this.#fault(asked)
    if (fault === "hang") return
    if (fault === "close") return incoming.socket.destroy()
    if (typeof fault === "object") {
      outgoing.writeHead(fault.status, { "Content-Type": "application/json", ...fault.headers })
      return outgoing.end(fault.body === undefined ? "" : JSON.stringify(fault.body))
    }
    const forwarded = request(new URL(incoming.url, this.target), {
      method: incoming.method, headers: incoming.headers,
    }, (answer) => {
      if (fault === "drop") {
        answer.resume()
        return answer.on("end", () => incoming.socket.destroy())
      }
      const { [this.hiddenHeader]: _, ...headers } = answer.headers
      outgoing.writeHead(answer.statusCode, headers)
      answer.pipe(outgoing)
    })
    forwarded.on("error", () => incoming.socket.destroy())
    // A caller that hangs up is seen by the service as well.
    outgoing.on("close", () => forwarded.destroy())
    forwarded.end(body)
  }
}
