// What happened to a job, oldest first: the moments of the job itself, and the attempts that did not end in completion.

import { fold } from "./entry.js";
import { h } from "./dom.js";
import { duration, errorText, firstLine, foreign, fullTime } from "./format.js";
import { indented } from "./json-text.js";
import { session } from "./session.js";

const reasons = { no_retry: "its worker said so", limit: "no start is left", deadline: "its deadline comes first" };
const ends = [["completed", "Completed", "✓"], ["failed", "Failed for good", "✕"], ["cancelled", "Cancelled", "–"]];
const shapes = { failed: "✕", lapsed: "◇", aborted: "↩", cancelled: "–" };

/** The items of a job: each with a key, a signature of what it shows, and its element. */
export function timeline(job) {
  const items = [item("added", "○", job.created, ["Added"])];
  for (const attempt of job.attempts ?? []) {
    items.push(item(
      `attempt-${attempt.attempt}-${attempt.ended}`, shapes[attempt.outcome] ?? "?", attempt.ended, attemptLine(attempt),
      attempt.error, attempt.outcome));
  }
  if (job.started) {
    const what = [`Attempt ${job.retries} began`, onWorker(job.worker)];
    items.push(item(`start-${job.retries}`, "▶", job.started, what, undefined, "running"));
  }
  for (const [name, text, shape] of ends) {
    if (job[name]) items.push(item(name, shape, job[name], [text], undefined, name));
  }
  return items;
}

function item(key, shape, at, what, error, kind = "") {
  return {
    key,
    signature: key + at,
    element: () => h(
      "li", { class: kind }, h("span", { class: "shape", "aria-hidden": "true" }, shape), h("span", { class: "what" }, what), " ",
      h("span", { class: "quiet" }, fullTime(at)), error && errorFold(key, error)),
  };
}

function onWorker(worker) {
  return typeof worker === "string" && [" on ", foreign(worker, 60)];
}

function attemptLine(attempt) {
  const length = attempt.started && new Date(attempt.ended) - new Date(attempt.started);
  return [
    h("strong", {}, `Attempt ${attempt.attempt} ${attempt.outcome}`), onWorker(attempt.worker),
    length >= 0 && ` after ${duration(length)}`, attempt.delay > 0 && `, the next one ${duration(attempt.delay)} later`,
    attempt.reason && `, the last one: ${reasons[attempt.reason] ?? attempt.reason}`,
  ];
}

function errorFold(key, error) {
  const text = errorText(error);
  const details = error.details === undefined || session.who.hide_params ? undefined
    : indented(JSON.stringify(error.details), session.who.mask ?? []);
  const isShort = text === firstLine(text) && details === undefined;
  if (isShort) return h("div", { class: "error" }, foreign(text));
  return fold(`${key}-error`, foreign(text), [
    h("pre", { tabindex: "0", role: "group", "aria-label": "Error" }, text),
    details && h("pre", { tabindex: "0", role: "group", "aria-label": "Details of the error" }, details),
  ], { kind: "error" });
}
