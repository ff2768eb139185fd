// Figures of the instance, from its metrics: what it is busy with, and what it has refused.

import { open } from "./api.js";
import { count, duration } from "./format.js";
import { session } from "./session.js";

/** The figures that the screen of the service shows: the name of the metric, what it means, and how it is written. */
const shown = [
  ["jobs_requests_in_flight", "Operations in progress"], ["jobs_connections", "Open connections"],
  ["jobs_requests_refused_total", "Requests refused since the start"], ["jobs_leases_lapsed_total", "Leases that lapsed since the start"],
  ["jobs_log_lines_dropped_total", "Log lines dropped"],
  ["event_loop_lag_seconds", "Longest delay of an event loop lately", (value) => duration(value * 1000)],
  ["process_resident_memory_bytes", "Memory", (value) => `${count(Math.round(value / 1048576))} MiB`],
  ["process_open_fds", "Open files and sockets"], ["process_max_fds", "Limit of open files and sockets"],
];

let areRefused = false;

/** Reads the figures; none where the metrics are served elsewhere, or not to this caller. */
export async function readFigures(signal) {
  if (!session.who.metrics || areRefused) return [];
  let text;
  try {
    text = await (await open(session.who.metrics, { signal })).text();
  } catch (error) {
    if (error.name === "AbortError" || error.status === 0) throw error;
    areRefused = true;
    return [];
  }
  return shown.map(([name, title, written = count]) => {
    const value = sum(text, name);
    return value === undefined ? undefined : [title, written(value)];
  }).filter(Boolean);
}

/** The sum of a metric over its labels; undefined if it is missing. */
function sum(text, name) {
  const lines = text.split("\n").filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  if (lines.length === 0) return undefined;
  return lines.reduce((all, line) => all + Number(/\}? ([-+.\deE]+)(?: \d+)?$/.exec(line)?.[1] ?? 0), 0);
}
