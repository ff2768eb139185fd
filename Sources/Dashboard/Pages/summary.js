// The numbers of all types, read once for the whole tab: from the service's stream of summaries, else by asking
// every few seconds. Screens subscribe; nothing is read while none does or the tab is hidden.

import { call, Failure } from "./api.js";
import { Minutes } from "./rates.js";
import { session } from "./session.js";
import { readEvents } from "./stream.js";
import { updates } from "./live.js";

const pace = 5000;
const slowest = 15000;
/** How long the numbers are read on after the last screen that wants them has gone, in milliseconds. */
const grace = 10000;
const listeners = new Set();
let minutes = new Map();
let control;
let known;
/** From when on the stream is tried, in milliseconds since 1970. */
let streamFrom = 0;

/** The last known summary; undefined before the first one. */
export const lastSummary = () => known;

/** Calls `show` with each summary and `fail` with each failure, until the returned function is called. */
export function subscribe(show, fail) {
  const listener = { show, fail };
  listeners.add(listener);
  if (known) show(known);
  if (!control) begin();
  return () => {
    listeners.delete(listener);
    // The next screen may want the numbers as well.
    setTimeout(() => listeners.size === 0 && end(), grace);
  };
}

/** Reads the numbers again at once, after an action that has changed them. */
export async function refresh() {
  try {
    await ask(new AbortController().signal);
  } catch (error) {
    tell((listener) => listener.fail(error));
  }
}

/** Forgets everything, since another user has signed in. */
export function forget() {
  end();
  known = undefined;
  minutes = new Map();
  streamFrom = 0;
}

function begin() {
  if (document.hidden || control) return;
  control = new AbortController();
  run(control.signal);
}

function end() {
  control?.abort();
  control = undefined;
}

async function run(signal) {
  let wait = pace;
  while (!signal.aborted) {
    try {
      if (!updates.arePaused && Date.now() >= streamFrom) await stream(signal);
      if (signal.aborted) return;
      if (!updates.arePaused || !known) await ask(signal);
      wait = pace;
    } catch (error) {
      if (signal.aborted) return;
      if (error.name !== "AbortError") tell((listener) => listener.fail(error));
      wait = Math.min(wait * 2, slowest);
    }
    await pause(wait, signal);
  }
}

/** Reads the stream until it ends. Where there is none, it is not tried again, or not soon. */
async function stream(signal) {
  try {
    await readEvents(`${session.who.jobs}/events`, signal, (name, data) => {
      if (name === "summary" && !updates.arePaused) take(JSON.parse(data));
    });
  } catch (error) {
    if (error instanceof Failure) streamFrom = [404, 405].includes(error.status) ? Infinity : Date.now() + 2 * slowest;
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function ask(signal) {
  const answer = await call("get_types", { rates: true, paging: { take: 1000 } }, { signal });
  const age = answer.as_of ? Math.max(Date.now() - Date.parse(answer.as_of), 0) : 0;
  take({ ...answer, time: new Date().toISOString(), age, available: true });
}

function take(summary) {
  const rows = summary.data ?? known?.data;
  for (const row of summary.data ?? []) {
    if (!minutes.has(row.type)) minutes.set(row.type, new Minutes());
    minutes.get(row.type).take(row.rates);
  }
  if (summary.other_rates) {
    if (!minutes.has(undefined)) minutes.set(undefined, new Minutes());
    minutes.get(undefined).take(summary.other_rates);
  }
  known = {
    ...summary, data: rows,
    taken: summary.age === undefined ? undefined : new Date(Date.now() - summary.age).toISOString(),
    hourOf: (type) => minutes.get(type)?.hour(summary.rates_since) ?? [],
  };
  if (summary.available === false) {
    const failure = new Failure(503, summary.error?.code ?? "", summary.error?.message ?? "The store is unavailable.");
    tell((listener) => {
      if (rows) listener.show(known);
      listener.fail(failure, known.taken);
    });
  } else if (rows) {
    tell((listener) => listener.show(known));
  }
}

function tell(how) {
  for (const listener of [...listeners]) how(listener);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) end();
  else if (listeners.size > 0) begin();
});
