// What a screen shows of a failure: the last known content stays, greyed, with the sentence of the service.

import { fill, h } from "./dom.js";
import { duration, time } from "./format.js";

/** A line above a screen that tells of a failure and of the age of what is shown. */
export function problemLine() {
  const element = h("div", { class: "problem-line", role: "alert" });
  let last;
  return {
    element,
    /** The content is fresh. */
    clear(root) {
      last = new Date().toISOString();
      fill(element);
      root?.classList.remove("old");
    },
    /** The content could not be read. */
    show(error, wait, root) {
      fill(
        element, h("p", { class: "problem" }, error.message, wait && ` It is asked again in ${duration(wait)}.`,
          last && [" Shown is what was known ", time(last), "."]));
      root?.classList.add("old");
    },
  };
}
