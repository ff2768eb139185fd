// Pausing a type, or all of them, and resuming it.

import { call } from "./api.js";
import { button } from "./button.js";
import { ask, form } from "./dialog.js";
import { h } from "./dom.js";
import { firstLine } from "./format.js";
import { notify, notifyFailure } from "./notice.js";
import { forbidden } from "./session.js";
import { refresh } from "./summary.js";

const lengths = [["until I resume it", 0], ["for 10 minutes", 600000], ["for an hour", 3600000], ["for a day", 86400000]];

/** A button that pauses a type, or resumes it if it is paused. `*` is all types. */
export function pauseButton(type, paused) {
  const why = forbidden("jobs:operate");
  const name = type === "*" ? "all types" : firstLine(type, 100);
  return paused
    ? button(type === "*" ? "Resume all types" : "Resume", () => change("resume_type", { type }, `${name}: resumed.`), { why, id: "pause", label: `Resume ${name}` })
    : button(type === "*" ? "Pause all types" : "Pause", () => pause(type, name), { why, id: "pause", label: `Pause ${name}` });
}

async function pause(type, name) {
  const answer = await ask(`Pause ${name}?`, (close) => {
    const reason = h("input", { id: "reason", maxlength: 200, autocomplete: "off" });
    const length = h("select", { id: "length" }, lengths.map(([text, value]) => h("option", { value }, text)));
    return form(
      close, "Pause", () => ({ reason: reason.value.trim(), length: Number(length.value) }), {},
      h("p", {}, "Jobs that run go on. No other job is handed out until it is resumed."),
      h("p", {}, h("label", { for: "reason" }, "Why, for the others"), reason),
      h("p", {}, h("label", { for: "length" }, "How long"), length));
  });
  if (!answer) return;
  const body = { type };
  if (answer.reason) body.reason = answer.reason;
  if (answer.length) body.until = new Date(Date.now() + answer.length).toISOString();
  await change("pause_type", body, `${name}: paused.`);
}

async function change(operation, body, text) {
  try {
    await call(operation, body);
    notify(text);
    await refresh();
  } catch (error) {
    notifyFailure(error);
  }
}
