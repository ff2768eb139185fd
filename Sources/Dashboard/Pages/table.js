// Tables of jobs: rows that can be selected, with the keys j, k, x, Enter and r.

import { fill, h, link } from "./dom.js";
import { errorText, firstLine, shortID, time } from "./format.js";
import { badge } from "./states.js";

/** The members of a job that a row shows; lists ask for no more. */
export const rowFields = [
  "id", "type", "ref_id", "state", "retries", "max_retries", "created", "delayed_until", "locked_until", "worker",
  "error", "execute_until",
];

/** A table of jobs. `columns` are names of `cells`; rows keep their selection when they are shown again. */
export class JobTable {
  constructor(caption, columns, { onSelect } = {}) {
    this.columns = columns;
    this.selected = new Set();
    this.onSelect = onSelect;
    this.body = h("tbody");
    this.all = h("input", { type: "checkbox", "aria-label": "Select all jobs shown", onchange: () => this.selectAll() });
    this.element = h(
      "div", { class: "scroll" },
      h("table", { class: "jobs" },
        h("caption", {}, caption),
        h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "pick" }, this.all),
          columns.map((name) => h("th", { scope: "col" }, titles[name])))),
        this.body));
    this.jobs = [];
  }

  /** Shows jobs in place of the ones before. */
  show(jobs) {
    this.jobs = jobs;
    const ids = new Set(jobs.map((job) => job.id));
    for (const id of this.selected) if (!ids.has(id)) this.selected.delete(id);
    fill(this.body, jobs.map((job) => this.row(job)));
    this.tell();
  }

  /** Adds jobs behind the ones before. */
  append(jobs) {
    this.jobs = this.jobs.concat(jobs);
    this.body.append(...jobs.map((job) => this.row(job)));
  }

  row(job) {
    const box = h("input", {
      type: "checkbox", id: `pick-${job.id}`, "aria-label": `Select job ${job.id}`,
      onchange: () => {
        if (box.checked) this.selected.add(job.id);
        else this.selected.delete(job.id);
        this.tell();
      },
    });
    box.checked = this.selected.has(job.id);
    return h(
      "tr", { "data-id": job.id }, h("td", { class: "pick" }, box),
      this.columns.map((name) => h("td", { "data-title": titles[name], class: name }, cells[name](job))));
  }

  selectAll() {
    for (const job of this.jobs) {
      if (this.all.checked) this.selected.add(job.id);
      else this.selected.delete(job.id);
      const box = document.getElementById(`pick-${job.id}`);
      if (box) box.checked = this.all.checked;
    }
    this.tell();
  }

  tell() {
    this.all.checked = this.jobs.length > 0 && this.selected.size >= this.jobs.length;
    this.onSelect?.(this.selected);
  }
}

const titles = {
  id: "Id", type: "Type", ref_id: "Reference", state: "State", attempts: "Attempts", created: "Added",
  until: "Until", worker: "Worker", error: "Last error",
};

const cells = {
  id: (job) => link(`/job/${encodeURIComponent(job.id)}`, shortID(job.id), {}, { title: job.id, class: "id" }),
  type: (job) => job.type,
  ref_id: (job) => firstLine(job.ref_id, 80),
  state: (job) => badge(job.state),
  attempts: (job) => (job.max_retries ? `${job.retries} of ${job.max_retries}` : String(job.retries)),
  created: (job) => time(job.created),
  until: (job) => time({ running: job.locked_until, delayed: job.delayed_until ?? job.locked_until }[job.state]),
  worker: (job) => job.worker ?? "",
  error: (job) => firstLine(errorText(job.error)),
};

/** Moves the focus between rows: by one down or up. */
export function moveRow(step) {
  const rows = [...document.querySelectorAll("table.jobs tbody tr")];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  next.querySelector("a.id")?.focus();
}

/** Selects the row that has the focus, or takes it out of the selection. */
export function toggleRow() {
  document.activeElement?.closest("table.jobs tbody tr")?.querySelector("input[type=checkbox]")?.click();
}
