// The same as a command: what a screen shows or does, to be pasted into a terminal.

import { session } from "./session.js";
import { filter } from "./search.js";

/** A text as one word of a shell. */
function quoted(text) {
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

/**
 * A command of the program for operators, at this service.
 *
 * @param {string} name
 * @param {string[]} options - Options as words of a shell.
 * @param {string[]} values - Values without a name.
 */
function command(name, options, values = []) {
  const [, service] = /^(.*)\/v1\/jobs\/$/.exec(operationURL("")) ?? [];
  // Without an address the program asks port 8080 of its own machine.
  const isDefault = location.protocol === "http:" && location.host === "localhost:8080";
  const place = service && !isDefault ? ["--url", quoted(service)] : [];
  // What begins with a hyphen would be an option.
  const end = values.some((value) => value.startsWith("-")) ? ["--"] : [];
  return ["jobsctl", name, ...place, ...options, ...end, ...values.map(quoted)].join(" ");
}

/** An option with its value. */
function option(name, value) {
  return `--${name}${String(value).startsWith("-") ? "=" : " "}${quoted(value)}`;
}

/** The command that shows a type. */
export const typeCommand = (type) => command("types", [], [type]);

/** The command that lists the jobs of a query. */
export function listCommand(query) {
  const own = ["type", "ref_id", "state", "worker", "group", "error_type", "error_key"];
  const conditions = Object.entries(filter(query)).map(([name, value]) => own.includes(name)
    ? option(name.replaceAll("_", "-"), value) : option("where", `${name}=${value}`));
  return command("list", ["--newest-first", ...conditions]);
}

/** The command that adds a job like another one. */
export function addCommand(job, params) {
  return command("add", [], params && params !== "null" ? [job.type, job.ref_id, params] : [job.type, job.ref_id]);
}
