// All types of jobs, one row each: how many wait, run and have failed, and who works on them.

import { fill, h, heading, link } from "./dom.js";
import { count, time } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { session } from "./session.js";
import { limitText, oldest, pauseText, readTypes, shownStates, stateCount } from "./types.js";

export default function overview(root) {
  const problem = problemLine();
  const warning = h("div", {});
  const totals = h("p", { class: "totals" });
  const body = h("tbody");
  const filter = h("input", {
    id: "filter", type: "search", placeholder: "Type contains…", "aria-label": "Show types that contain",
    oninput: () => show(last),
  });
  const table = h(
    "div", { class: "scroll" },
    h("table", { class: "types" },
      h("caption", {}, "Types of jobs, with the number of jobs in each state"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Type"),
        shownStates.map((state) => h("th", { scope: "col", class: "number" }, state)),
        h("th", { scope: "col", class: "number" }, "oldest ready"), h("th", { scope: "col", class: "number" }, "waiting claims"),
        h("th", { scope: "col" }, "last claim"), h("th", { scope: "col" }, "notes"))),
      body));
  fill(root, heading("Overview", filter), problem.element, warning, totals, table);

  let last;
  function show(answer) {
    if (!answer) return;
    last = answer;
    const rows = answer.data.filter((row) => row.type.toLowerCase().includes(filter.value.toLowerCase()));
    const sum = (state) => answer.data.reduce((all, row) => all + (row.counts?.[state] ?? 0), 0);
    fill(totals, `${count(answer.data.length)} types: ${count(sum("ready"))} ready, ${count(sum("running"))} running, `
      + `${count(sum("failed"))} failed`);
    fill(warning, answer.paused && h("p", { class: "warning" }, "All types are ", pauseText(answer.paused)),
      session.who.read_only && h("p", { class: "warning" },
        "No keys are set: these pages only show jobs. See Access in the guide of the service."));
    fill(body, rows.map(rowOf),
      rows.length === 0 && h("tr", {}, h("td", { colspan: shownStates.length + 5 },
        answer.data.length ? "No type contains this." : "There are no jobs yet. Add one with: jobs add mail order-7")));
  }

  const live = follow(
    (signal) => readTypes(signal),
    (answer) => {
      problem.clear(table);
      show(answer);
    },
    (error, wait) => problem.show(error, wait, table));
  return () => live.end();
}

function rowOf(row) {
  return h(
    "tr", {}, h("th", { scope: "row" }, link(`/type/${encodeURIComponent(row.type)}`, row.type)),
    shownStates.map((state) => h("td", { class: "number", "data-title": state }, stateCount(row, state))),
    h("td", { class: "number", "data-title": "oldest ready" }, oldest(row)),
    h("td", { class: "number", "data-title": "waiting claims" }, count(row.waiting ?? 0)),
    h("td", { "data-title": "last claim" }, row.last_claim ? time(row.last_claim) : "none seen"),
    h("td", { "data-title": "notes" }, pauseText(row.paused), row.paused && row.limits ? "; " : "", limitText(row.limits)));
}
