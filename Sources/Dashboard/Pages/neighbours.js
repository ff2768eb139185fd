// The other jobs with the reference of a job.

import { call } from "./api.js";
import { fill, h, jobPath, link, panel } from "./dom.js";
import { foreign, shortID, time } from "./format.js";
import { badge } from "./states.js";

const most = 10;

/** A part of the screen of a job for the others with its reference, of any type. */
export function neighbours(id) {
  const element = h("div", {});
  async function show(job) {
    if (!job.ref_id) return;
    try {
      const answer = await call("get_jobs", {
        filter: { ref_id: job.ref_id }, fields: ["type", "state", "created"], paging: { take: most + 1, order: "desc" },
      });
      const others = answer.data.filter((other) => other.id !== id);
      fill(element, panel(
        "Same reference",
        others.length === 0 ? h("p", { class: "quiet" }, "No other job has this reference.") : h(
          "ul", { class: "plain" }, others.slice(0, most).map((other) => h(
            "li", {}, badge(other.state), " ", link(jobPath(other.id), shortID(other.id), {}, { title: other.id }), " ",
            foreign(other.type, 40), " ", h("span", { class: "quiet" }, "added ", time(other.created))))),
        answer.data.length > most && link("/jobs", "All of them", { ref_id: job.ref_id })));
    } catch {
      fill(element); // They matter less; the screen tells that the service is unavailable.
    }
  }
  return { element, show };
}
