// The words of the search field and the query of the address: the same conditions in two forms.

import { states } from "./states.js";

/** The conditions that the address and the search field know. */
export const conditions = [
  "id", "type", "ref_id", "state", "worker", "group", "error_type", "error_key", "created_from", "created_to",
];

/** Reads the search field: words such as type:mail, state:failed, before:1h; a bare word is an id or a ref_id. */
export function parse(text) {
  const query = {};
  for (const word of text.match(/[a-z_]+:"[^"]*"|"[^"]*"|\S+/g) ?? []) {
    const colon = word.indexOf(":");
    const name = colon > 0 ? word.slice(0, colon) : "";
    const value = unquoted(colon > 0 ? word.slice(colon + 1) : word);
    if (name === "before" || name === "after") {
      const date = moment(value);
      if (date) query[name === "before" ? "created_to" : "created_from"] = date;
    } else if (name === "ref") {
      query.ref_id = value;
    } else if (conditions.includes(name)) {
      query[name] = value;
    } else {
      query.words = unquoted(word);
    }
  }
  return query;
}

function unquoted(text) {
  return text.replace(/^"(.*)"$/, "$1");
}

/** A date, or a time before now such as 30min, 1h, 2d. */
function moment(text) {
  const parts = /^(\d+)(s|min|m|h|d)$/.exec(text);
  if (parts) {
    const unit = { s: 1000, m: 60000, min: 60000, h: 3600000, d: 86400000 }[parts[2]];
    return new Date(Date.now() - Number(parts[1]) * unit).toISOString();
  }
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** The words of the search field for a query. */
export function format(query) {
  const words = [];
  for (const name of conditions) {
    const value = query[name];
    if (value) words.push(`${name}:${/\s/.test(value) ? `"${value}"` : value}`);
  }
  if (query.words) words.push(query.words);
  return words.join(" ");
}

/** The filter of get_jobs for a query. */
export function filter(query) {
  const filter = {};
  for (const name of conditions) if (query[name]) filter[name] = query[name];
  if (filter.state && !states.includes(filter.state)) delete filter.state;
  return filter;
}

/** The filter as arguments of the command line. */
export function commandLine(query) {
  const quoted = (text) => (/^[\w.:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const words = Object.entries(filter(query)).map(
    ([name, value]) => `--${name.replaceAll("_", "-")} ${quoted(value)}`);
  return ["jobs list", ...words].join(" ");
}
