// What a screen shows of a failure: the last known content stays, greyed, with the sentence of the service.

import { fill, h } from "./dom.js";
import { time } from "./format.js";

/** A line above a screen that tells of a failure and of the age of what is shown. */
export function problemLine() {
  const element = h("div", { role: "alert" });
  let known;
  let shown;
  return {
    element,
    /** The content is fresh. */
    clear(root) {
      known = new Date().toISOString();
      if (!shown) return;
      shown = undefined;
      fill(element);
      root?.classList.remove("old");
    },
    /** The content could not be read. `since`: when what is shown was read. */
    show(error, root, since = known) {
      root?.classList.toggle("old", since !== undefined);
      // The line is read aloud when it changes, so it does not change while the same is wrong.
      if (shown === error.message) return;
      shown = error.message;
      fill(
        element, h("p", { class: "problem" }, h("strong", {}, advice(error)), ` ${error.message}`,
          /[.!?]$/.test(error.message) ? " " : ". ",
          since ? ["Below is what was known ", time(since), ". "] : "",
          error.status === 403 || error.status === 400 ? "" : "The page asks again by itself."));
    },
  };
}

function advice(error) {
  if (error.status === 0) return "No answer.";
  if (error.status === 403) return "Not allowed.";
  if (error.status === 400) return "This cannot be asked.";
  if (error.status === 429 || error.code === "OVERLOADED") return "The service is busy, so this page asks less often.";
  return "Not available now.";
}
