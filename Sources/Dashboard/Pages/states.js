// The states of a job, each with a word and a shape, so that colour is never the only sign.

import { h } from "./dom.js";

const shapes = {
  ready: "○", delayed: "◷", running: "▶", exhausted: "⊘", expired: "◇", completed: "✓", failed: "✕",
  cancelled: "–",
};

/** The names of all states, in the order of a job's life. */
export const states = Object.keys(shapes);

/** The state of a job as a word with its shape. */
export function badge(state) {
  return h(
    "span", { class: `state ${shapes[state] ? state : ""}` },
    h("span", { "aria-hidden": "true" }, `${shapes[state] ?? "?"} `), state ?? "unknown");
}

/** The states from which a job can be replayed. */
export const replayable = new Set(["failed", "cancelled", "exhausted", "expired"]);

/** The states of jobs that can be cancelled. */
export const cancellable = new Set(["ready", "delayed", "running", "exhausted", "expired"]);
