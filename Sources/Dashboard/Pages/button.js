// Buttons: plain ones, those that are switched off with a reason, and those that copy a text.

import { h } from "./dom.js";
import { notify } from "./notice.js";

/** A button. With `why` it is switched off, and says why when it is reached or pressed. */
export function button(text, onclick, { why, kind, id, label, key } = {}) {
  return h(
    "button",
    {
      type: "button", id, class: kind, title: why, "data-key": key,
      "aria-label": label && (why ? `${label}. ${why}` : label), "aria-disabled": why ? "true" : undefined,
      onclick: (event) => (why ? notify(why) : onclick(event)),
    },
    text, why && !label && h("span", { class: "hidden" }, `. ${why}`));
}

/** A button that copies a text, and says so. `text` may be a function. */
export function copier(text, label) {
  const element = button(label, async () => {
    const wanted = typeof text === "function" ? text() : text;
    try {
      await navigator.clipboard.writeText(wanted);
      element.textContent = "Copied";
      setTimeout(() => (element.textContent = label), 1500);
    } catch {
      // Browsers give the clipboard only to pages that came over https or from this machine.
      notify("The browser lets no page of plain http copy. The text is:", { beside: [h("code", {}, wanted)], stays: true });
    }
  }, { kind: "quiet" });
  return element;
}
