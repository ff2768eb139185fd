// The rows of get_types: what the overview and the page of a type show.

import { h, link } from "./dom.js";
import { count, counted, duration, firstLine, foreign, time } from "./format.js";

/** The age of the oldest ready job from which on the alert JobsReadyTooOld fires, in milliseconds. */
const tooOld = 600000;

/** The number of jobs of a type in a state, as a link to them. */
export function stateCount(row, state) {
  const number = row.counts?.[state] ?? 0;
  if (number === 0) return h("span", { class: "zero" }, "0");
  return link("/jobs", count(number), { type: row.type, state }, {
    class: ["failed", "exhausted"].includes(state) ? "bad" : undefined,
    "aria-label": `${counted(number, `${state} job`)} of ${firstLine(row.type, 100)}`,
  });
}

/** How long the oldest ready job has waited; marked where it is too long. */
export function oldest(row) {
  if (!(row.counts?.ready > 0)) return "";
  const age = row.oldest_ready ?? 0;
  if (age < tooOld || row.paused) return duration(age);
  return h("span", { class: "bad", title: "Jobs of this type wait for more than 10 minutes" }, `⚠ ${duration(age)}`);
}

/** Two percentiles of a time. */
export function percentiles(times) {
  if (!times) return "";
  return `${duration(times.p50)} / ${duration(times.p95)}`;
}

/** Since when and why a type is paused. */
export function pauseText(pause) {
  if (!pause) return "";
  return h(
    "span", { class: "paused" }, h("span", { "aria-hidden": "true" }, "‖ "), "paused ", time(pause.since),
    pause.until && [", until ", time(pause.until)], pause.reason && [": ", foreign(pause.reason, 200)]);
}

/** The limits of a type as words. */
export function limitText(limits) {
  if (!limits) return "";
  const words = [];
  if (limits.max_running) words.push(`at most ${count(limits.max_running)} running`);
  if (limits.max_running_per_group) words.push(`${count(limits.max_running_per_group)} running in a group`);
  if (limits.max_starts) words.push(`${counted(limits.max_starts.count, "start")} in ${duration(limits.max_starts.period)}`);
  return words.join(", ");
}

/** The states of ended jobs that have no column of their own, where there are such jobs. */
export function otherStates(row) {
  return ["exhausted", "expired", "cancelled", "completed"].filter((state) => row.counts?.[state] > 0).map(
    (state, index) => [index > 0 && ", ", stateCount(row, state), ` ${state}`]);
}
