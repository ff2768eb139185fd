// The same as a command: what a screen shows or does, to be pasted into a terminal.

import { session } from "./session.js";
import { filter } from "./search.js";

/** A text as one word of a shell. */
export function quoted(text) {
  return /^[\w.:@/-]+$/.test(text) ? text : `'${String(text).replaceAll("'", `'\\''`)}'`;
}

/** The address of an operation, as seen from this browser. */
export function operationURL(operation) {
  return new URL(`${session.who.jobs}/${operation}`, location.href.split("#")[0]).href;
}

/** A call of an operation with curl. The key stays out of it, so that it can be passed on. */
export function curl(operation, body) {
  const key = session.who.scopes ? ` -H "Authorization: Bearer $JOBS_KEY"` : "";
  return `curl -s ${quoted(operationURL(operation))}${key} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`;
}

/** The command that lists the jobs of a query. */
export function listCommand(query) {
  const own = ["type", "ref_id", "state", "worker", "group", "error_type", "error_key"];
  const words = Object.entries(filter(query)).map(([name, value]) => own.includes(name)
    ? `--${name.replaceAll("_", "-")} ${quoted(value)}` : `--where ${quoted(`${name}=${value}`)}`);
  return ["jobsctl list --newest-first", ...words].join(" ");
}

/** The command that adds a job like another one. */
export function addCommand(job, params) {
  return ["jobsctl add", quoted(job.type), quoted(job.ref_id), params && params !== "null" && quoted(params)]
    .filter(Boolean).join(" ");
}
