// How far an operation on many jobs is: a bar, and the same in words.

import { fill, h } from "./dom.js";
import { count, duration } from "./format.js";

/** A bar for an operation. `show` brings it up to date. */
export function progress(operation) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const words = h("span", {});
  const element = h("span", { class: "progress" }, bar, words);
  const show = (now) => {
    if (!now) return;
    const treated = now.done + now.skipped + now.errors;
    bar.max = Math.max(now.total, treated, 1);
    bar.value = now.state === "done" ? bar.max : treated;
    fill(words, `${count(treated)} of ${count(Math.max(now.total, treated))}${now.total_is_at_least ? " or more" : ""}`, rest(now, treated));
  };
  show(operation);
  return { element, show };
}

function rest(now, treated) {
  if (now.state !== "running" || !now.started || treated === 0 || now.total_is_at_least) return "";
  const spent = Date.parse(now.updated) - Date.parse(now.started);
  const left = (spent / treated) * (now.total - treated);
  return left > 1000 ? `, about ${duration(left)} left` : "";
}
