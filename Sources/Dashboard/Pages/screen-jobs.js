// The jobs that match the conditions in the address, the newest first.

import { call } from "./api.js";
import { actionButton } from "./actions.js";
import { address, button, copier, fill, h, heading, link } from "./dom.js";
import { count, jobs as inWords } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import * as search from "./search.js";
import { states } from "./states.js";
import { JobTable, rowFields } from "./table.js";

const pageSize = 50;

export default function jobs(root, { query }) {
  const problem = problemLine();
  const newer = h("div", { "aria-live": "polite" });
  const chosen = h("div", { class: "row actions", "data-key": "r" });
  const more = h("div", { class: "row" });
  const table = new JobTable(
    "Jobs, the newest first",
    ["id", "type", "ref_id", "state", "attempts", "created", "until", "worker", "error"],
    { onSelect: showChosen });
  let last;

  fill(
    root, heading("Jobs", copier(search.commandLine(query), "Copy as a command")), chips(query), stateTabs(query),
    problem.element, chosen, newer, table.element, more);

  const ids = () => [...table.selected];
  function showChosen() {
    fill(
      chosen, h("span", {}, table.selected.size ? `${inWords(table.selected.size)} selected:` : "Select jobs to act on them:"),
      ["replay", "cancel", "complete", "delete"].map((name) => actionButton(name, ids, load)));
  }
  showChosen();

  async function page(paging, signal) {
    return call("get_jobs", {
      filter: search.filter(query), details: true, fields: rowFields,
      paging: { take: pageSize, order: "desc", ...paging },
    }, { signal });
  }

  async function load() {
    try {
      const byWords = query.words ? await findWords(query.words) : undefined;
      const answer = byWords ?? (await page({}));
      problem.clear(table.element);
      table.show(answer.data);
      last = answer.data.at(-1)?.id;
      fill(newer);
      showMore(answer.data.length, byWords !== undefined);
    } catch (error) {
      problem.show(error, undefined, table.element);
    }
  }

  function showMore(number, isWhole) {
    if (table.jobs.length === 0) return fill(more, h("p", {}, "No job matches. ", search.format(query) && link("/jobs", "Show all jobs")));
    if (number < pageSize || isWhole) return fill(more, h("p", {}, `These are all: ${inWords(table.jobs.length)}.`));
    fill(more, h("span", {}, `${count(table.jobs.length)} shown. `), button("Show more", async () => {
      const answer = await page({ after: last });
      table.append(answer.data);
      last = answer.data.at(-1)?.id ?? last;
      showMore(answer.data.length);
    }, { id: "more" }));
  }

  // New jobs never move the rows that one reads: a button offers them.
  const live = follow(
    (signal) => (query.words ? undefined : page({}, signal)),
    (answer) => {
      if (!answer) return;
      if (last === undefined && table.jobs.length === 0) {
        table.show(answer.data);
        last = answer.data.at(-1)?.id;
        showMore(answer.data.length);
        return problem.clear(table.element);
      }
      problem.clear(table.element);
      const known = new Set(table.jobs.map((job) => job.id));
      const first = table.jobs[0]?.id ?? "";
      const fresh = answer.data.filter((job) => !known.has(job.id) && job.id > first).length;
      fill(newer, fresh > 0 && button(
        `Show ${fresh === pageSize ? `${fresh} or more` : fresh} newer ${fresh === 1 ? "job" : "jobs"}`, load));
    },
    (error, wait) => problem.show(error, wait, table.element));
  if (query.words) load();
  return () => live.end();
}

/** A bare word is the id of a job, or the reference of jobs. */
async function findWords(words) {
  const job = await call("get_job_by_id", { job_id: words, details: true });
  if (job) return { data: [job] };
  return call("get_jobs", {
    filter: { ref_id: words }, details: true, fields: rowFields, paging: { take: 1000, order: "desc" },
  });
}

/** The conditions, each with a link that takes it away. */
function chips(query) {
  const names = Object.keys(query).filter((name) => query[name]);
  if (names.length === 0) return h("p", { class: "chips" }, "All jobs. Conditions are typed into the search field: type:mail state:failed before:1h");
  return h("ul", { class: "chips", "aria-label": "Conditions" }, names.map((name) => {
    const rest = { ...query };
    delete rest[name];
    return h("li", {}, h("a", { href: address("/jobs", rest), "aria-label": `Without ${name} ${query[name]}` },
      `${name === "words" ? "id or ref_id" : name}: ${query[name]} ×`));
  }));
}

function stateTabs(query) {
  return h("ul", { class: "tabs", "aria-label": "States" }, ["", ...states].map((state) => h("li", {}, h("a", {
    href: address("/jobs", { ...query, state }), "aria-current": (query.state ?? "") === state ? "true" : undefined,
  }, state || "all"))));
}
