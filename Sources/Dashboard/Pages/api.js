// Calls of the operations. A failure becomes a Failure with the sentence of the service.

import { credentials, session } from "./session.js";

/** The error of a call: the code and the message of the service, and the HTTP status; 0 without an answer. */
export class Failure extends Error {
  constructor(status, code, message, correlation) {
    super(message);
    this.status = status;
    this.code = code;
    this.correlation = correlation;
  }

  /** Whether the service or its store is away, so that another try may succeed. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** Calls an operation; null where the service answers that there is nothing. */
export async function call(operation, body = {}, { signal, keepalive } = {}) {
  const response = await request(`${session.who.jobs}/${operation}`, {
    method: "POST", signal, keepalive,
    headers: { "Content-Type": "application/json", ...credentials() },
    body: JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

/** Reads another path of the service, such as its status. */
export async function read(path, { signal } = {}) {
  return (await request(path, { signal, headers: credentials() })).json();
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, "NO_ANSWER", "The service does not answer.");
  }
  if (response.ok) return response;
  let said = {};
  try {
    said = await response.json();
  } catch {
    // A proxy has answered, in a form of its own.
  }
  throw new Failure(
    response.status, said.code ?? String(response.status),
    said.message ?? `The service answered ${response.status}.`, said.correlation_id);
}
