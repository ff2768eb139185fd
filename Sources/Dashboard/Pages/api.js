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
}

/** Calls an operation; null where the service answers that there is nothing. */
export async function call(operation, body, options) {
  const text = await callText(operation, body, options);
  return text === null ? null : JSON.parse(text);
}

/** Calls an operation for the text of its answer, in which every number is as it was sent. */
export async function callText(operation, body = {}, { signal, keepalive } = {}) {
  const response = await request(`${session.who.jobs}/${operation}`, {
    method: "POST", signal, keepalive,
    headers: { "Content-Type": "application/json", ...credentials() },
    body: JSON.stringify(body),
  });
  return response.status === 204 ? null : response.text();
}

/** Reads another path of the service, such as its status. */
export async function read(path, { signal } = {}) {
  return (await open(path, { signal })).json();
}

/** Opens a path of the service, whose body is read by the caller. */
export function open(path, { signal } = {}) {
  return request(path, { signal, headers: credentials() });
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
  if (response.status === 401) dispatchEvent(new Event("refused-key"));
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
