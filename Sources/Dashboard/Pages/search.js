// The words of the search field and the query of the address: the same conditions in two forms.

import { states } from "./states.js";

/** The conditions that the address and the search field know. */
export const conditions = [
  "id", "type", "ref_id", "state", "worker", "group", "error_type", "error_key", "created_from", "created_to",
];

const short = { created_to: "before", created_from: "after", ref_id: "ref_id" };

/** Reads the search field: words such as type:mail, state:failed, before:1h; a bare word is an id or a ref_id. */
export function parse(text) {
  const query = {};
  for (const word of text.match(/[a-z_]+:"(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|\S+/g) ?? []) {
    const colon = word.indexOf(":");
    const name = colon > 0 && /^[a-z_]+:./.test(word) ? word.slice(0, colon) : "";
    const value = unquoted(name ? word.slice(colon + 1) : word);
    if (name === "before" || name === "after") {
      const date = moment(value);
      if (date) query[name === "before" ? "created_to" : "created_from"] = date;
      else query.words = word;
    } else if (name === "ref") {
      query.ref_id = value;
    } else if (conditions.includes(name)) {
      query[name] = value;
    } else {
      query.words = query.words ? `${query.words} ${unquoted(word)}` : unquoted(word);
    }
  }
  return query;
}

function unquoted(text) {
  if (!/^".*"$/s.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(1, -1);
  }
}

/** A date, or a time before now such as 30min, 1h, 2d. */
export function moment(text) {
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
    if (value) words.push(`${short[name] ?? name}:${quoted(value)}`);
  }
  if (query.words) words.push(/^\S+$/.test(query.words) ? query.words : JSON.stringify(query.words));
  return words.join(" ");
}

function quoted(value) {
  return /[\s"\\]/.test(value) ? JSON.stringify(value) : value;
}

/** The filter of get_jobs for a query. */
export function filter(query) {
  const filter = {};
  for (const name of conditions) if (query[name]) filter[name] = query[name];
  if (filter.state && !states.includes(filter.state)) delete filter.state;
  return filter;
}

/** The next words that one may mean: what is typed, completed by the names of conditions, states and types. */
export function completions(text, types) {
  const [, before, last] = /^(.*?)(\S*)$/s.exec(text);
  const names = ["type:", "state:", "ref_id:", "before:", "after:", "worker:", "group:", "error_type:"];
  const words = last.startsWith("type:") ? types.map((type) => `type:${quoted(type)}`)
    : last.startsWith("state:") ? states.map((state) => `state:${state}`)
    : /^(before|after):/.test(last) ? ["10min", "1h", "1d"].map((time) => last.replace(/:.*/, `:${time}`)) : names;
  return words.filter((word) => word.startsWith(last) && word !== last).slice(0, 20).map((word) => before + word);
}
