// How many more jobs fail as one does, and what can be done to all of them.

import { call } from "./api.js";
import { fill, h, link } from "./dom.js";
import { groupActions, groupQuery } from "./errors.js";
import { foreign, jobs } from "./format.js";

/** A part of the screen of a job that tells of the jobs with the same error. */
export function likeIt() {
  const element = h("div", {});
  let shown;
  async function show(job, onDone) {
    if (!job.error_key) return fill(element);
    const key = `${job.type}\n${job.error_key}`;
    if (shown === key) return;
    shown = key;
    try {
      const groups = (await call("get_errors", { type: job.type })).data;
      const group = groups.find((group) => group.error_key === job.error_key);
      if (!group) return fill(element);
      const done = () => {
        shown = undefined;
        onDone();
        show(job, onDone);
      };
      const others = group.count - 1;
      fill(element, h(
        "section", { class: "panel alike", "aria-label": "Jobs with the same error" },
        h("p", {}, others > 0
          ? [link("/jobs", h("strong", {}, jobs(group.count, group.count_is_at_least)), groupQuery(group)), " have this error, this one included: "]
          : "No other job has this error: ", h("code", {}, foreign(group.error_key, 200))),
        others > 0 && groupActions(group, done, { all: " all" })));
    } catch {
      shown = undefined; // The next turn of the screen asks again.
    }
  }
  return { element, show };
}
