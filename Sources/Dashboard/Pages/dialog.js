// Questions before an action. Esc closes a dialog, and the focus returns to where it was.

import { button } from "./button.js";
import { fill, h } from "./dom.js";
import { back } from "./notice.js";

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
      back(before);
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A form in a dialog: the buttons come last. `result` returns what the dialog closes with. */
export function form(close, yes, result, { kind } = {}, ...content) {
  return h(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        const value = result();
        if (value !== undefined) close(value);
      },
    },
    content,
    h("p", { class: "row" }, h("button", { type: "submit", class: kind ?? "main" }, yes),
      button("Back", () => close(undefined), { kind: "quiet" })));
}

/** Asks for a yes. With `number`, that number has to be typed. Resolves to whether it was given. */
export async function confirm(title, text, { yes, number, kind } = {}) {
  const answer = await ask(title, (close) => {
    const wrong = h("p", { class: "problem", role: "alert", hidden: true }, `That is not ${number}.`);
    const field = number === undefined ? undefined : h("input", {
      id: "typed", inputmode: "numeric", autocomplete: "off", "aria-describedby": "typed-why",
    });
    return form(
      close, yes,
      () => {
        if (!field || Number(field.value.replaceAll(/[\s,.']/g, "")) === number && field.value.trim() !== "") return true;
        wrong.hidden = false;
        field.focus();
        return undefined;
      },
      { kind }, h("div", { id: "typed-why" }, text),
      field && h("p", {}, h("label", { for: "typed" }, `Type the number ${number} to go on`), field), wrong);
  });
  return answer === true;
}

/** Asks for a text, which may be empty. Resolves to undefined if the dialog was closed. */
export function askText(title, label, { yes, beside, type, value } = {}) {
  return ask(title, (close) => {
    const field = h("input", { id: "asked", autocomplete: "off", maxlength: 200, type, value });
    return form(close, yes, () => field.value, {}, beside, h("p", {}, h("label", { for: "asked" }, label), field));
  });
}
