// Questions before an action. Esc closes a dialog, and the focus returns to where it was.

import { button, fill, h } from "./dom.js";

/** Opens a dialog. `content` gets a function that closes it with a result. Resolves to the result. */
export function ask(title, content) {
  return new Promise((resolve) => {
    const before = document.activeElement;
    let result;
    const dialog = h("dialog", { "aria-labelledby": "dialog-title" });
    const close = (value) => {
      result = value;
      dialog.close();
    };
    fill(dialog, h("h2", { id: "dialog-title" }, title), content(close));
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus?.();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks for a yes. With `number`, that number has to be typed. Resolves to whether it was given. */
export async function confirm(title, text, { yes = "Go on", number } = {}) {
  const answer = await ask(title, (close) => {
    const field = number === undefined ? undefined : h("input", {
      id: "typed", inputmode: "numeric", autocomplete: "off", required: true, pattern: String(number),
    });
    return h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          close(true);
        },
      },
      h("p", {}, text),
      field && h("p", {}, h("label", { for: "typed" }, `Type the number ${number} to go on: `), field),
      h("p", { class: "row" }, h("button", { type: "submit" }, yes),
        button("Cancel", () => close(false), { kind: "quiet" })));
  });
  return answer === true;
}

/** Asks for a text, which may be empty. Resolves to undefined if the dialog was closed. */
export function askText(title, label, { yes = "Go on", beside } = {}) {
  return ask(title, (close) => {
    const field = h("input", { id: "asked", autocomplete: "off", maxlength: 1000 });
    return h(
      "form",
      {
        onsubmit: (event) => {
          event.preventDefault();
          close(field.value);
        },
      },
      h("p", {}, h("label", { for: "asked" }, `${label} `), field), beside,
      h("p", { class: "row" }, h("button", { type: "submit" }, yes),
        button("Cancel", () => close(undefined), { kind: "quiet" })));
  });
}
