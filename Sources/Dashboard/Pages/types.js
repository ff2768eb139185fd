// The rows of get_types: what the overview and the page of a type show.

import { call } from "./api.js";
import { h, link } from "./dom.js";
import { count, duration, time } from "./format.js";

/** The states whose numbers a row shows, in this order. */
export const shownStates = ["ready", "running", "delayed", "failed", "exhausted", "cancelled", "completed"];

/** Reads the rows of all types that the caller may see. */
export function readTypes(signal, body = {}) {
  return call("get_types", body, { signal });
}

/** The number of jobs of a type in a state, as a link to them. */
export function stateCount(row, state) {
  const number = row.counts?.[state] ?? 0;
  if (number === 0) return h("span", { class: "zero" }, "0");
  return link("/jobs", count(number), { type: row.type, state }, {
    class: ["failed", "exhausted"].includes(state) ? "bad" : undefined,
    "aria-label": `${count(number)} ${state} jobs of ${row.type}`,
  });
}

/** How long the oldest ready job has waited. */
export function oldest(row) {
  return row.counts?.ready > 0 ? duration(row.oldest_ready ?? 0) : "";
}

/** Since when and why a type is paused. */
export function pauseText(pause) {
  if (!pause) return "";
  return h(
    "span", { class: "paused" }, "paused ", time(pause.since), pause.until && [", until ", time(pause.until)],
    pause.reason && `: ${pause.reason}`);
}

/** The limits of a type as words. */
export function limitText(limits) {
  if (!limits) return "";
  const words = [];
  if (limits.max_running) words.push(`at most ${count(limits.max_running)} running`);
  if (limits.max_running_per_group) words.push(`${count(limits.max_running_per_group)} running in a group`);
  if (limits.max_starts) words.push(`${count(limits.max_starts.count)} starts in ${duration(limits.max_starts.period)}`);
  return words.join(", ");
}
