// Drawings of the last hour: what was completed as an area, what was added as a line, failures as bars.

import { h, svg } from "./dom.js";
import { count, exact } from "./format.js";
import { pace } from "./rates.js";

const shapes = { width: 120, height: 28 };
const keys = { added: "added", completed: "completed", failed: "failed attempts", unknown: "not counted yet" };

/** A small drawing of an hour of minutes. Without a label it is for the eyes only: words stand beside it. */
export function sparkline(hour, { height = shapes.height, kind = "spark", label } = {}) {
  const { width } = shapes;
  const top = Math.max(1, ...hour.flatMap((entry) => [entry.added ?? 0, entry.completed ?? 0, entry.failed ?? 0]));
  const x = (index) => (index / (hour.length - 1)) * width;
  const y = (value) => height - 1 - (value / top) * (height - 2);
  const known = hour.map((entry, index) => ({ ...entry, index })).filter((entry) => entry.added !== undefined);
  const bar = width / hour.length;
  // The first minute that is known has a width, so that it is seen where it is the only one.
  const first = known.length > 0 ? Math.max(0, x(known[0].index) - bar) : width;
  const point = (at, entry, name) => `${at.toFixed(1)},${y(entry[name] ?? 0).toFixed(1)}`;
  const points = (name) => [point(first, known[0], name), ...known.map((entry) => point(x(entry.index), entry, name))];
  return svg(
    "svg",
    {
      class: `chart ${kind}`, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none",
      ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
    },
    first > 0 && svg("rect", { class: "unknown", x: 0, y: 0, width: first, height }),
    known.length > 0 && [
      svg("polygon", {
        class: "completed", points: [`${first},${height}`, ...points("completed"), `${width},${height}`].join(" "),
      }),
      svg("polyline", { class: "added", points: points("added").join(" ") }),
      known.filter((entry) => entry.failed > 0).map((entry) => svg("rect", {
        class: "failed", x: Math.max(0, x(entry.index) - bar / 2), y: Math.min(y(entry.failed), height - 3),
        width: bar * 0.8, height: height,
      })),
    ]);
}

/** A small drawing of failures in each part of a time, for the eyes only: words stand beside it. */
export function bars(numbers) {
  const { width, height } = shapes;
  const top = Math.max(1, ...numbers);
  const bar = width / numbers.length;
  return svg(
    "svg", { class: "chart spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    numbers.map((number, index) => number > 0 && svg("rect", {
      class: "failed", x: index * bar, width: bar * 0.8, y: Math.min(height - 3, height - (number / top) * (height - 1)), height,
    })));
}

/** A drawing over the width of the page, with its scale and a key. */
export function chart(hour) {
  if (hour.length === 0) return h("p", { class: "quiet" }, "No minutes are counted for this type.");
  const top = Math.max(1, ...hour.flatMap((entry) => [entry.added ?? 0, entry.completed ?? 0, entry.failed ?? 0]));
  return h(
    "figure", { class: "hour" },
    h("figcaption", {}, h("span", {}, "Jobs per minute"), Object.entries(keys).map(
      ([name, text]) => (name !== "unknown" || hour[0].added === undefined) && h("span", { class: `key ${name}` }, text))),
    h("div", { class: "plot" }, h("span", { class: "top" }, count(top)),
      sparkline(hour, { height: 60, kind: "large", label: `The last hour: ${inWords(hour)}` }),
      h("span", { class: "from", title: exact(hour[0].at) }, "an hour ago"), h("span", { class: "to" }, "now")));
}

/** The speed of the last minutes as words. */
export function inWords(hour) {
  const part = (name, word) => {
    const value = pace(hour, name);
    return value === undefined ? undefined : `${perMinute(value)} ${word}`;
  };
  const parts = [part("added", "added"), part("completed", "completed"), part("failed", "failed")].filter(Boolean);
  return parts.length ? `${parts.join(", ")} a minute` : "not counted for long enough";
}

/** A number per minute, with a decimal where it is small. */
export function perMinute(value) {
  if (value === undefined) return "–";
  return value === 0 || value >= 10 ? count(Math.round(value)) : String(Math.round(value * 10) / 10);
}
