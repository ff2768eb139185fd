// The instance that answers: its version, its store, its figures, and what the caller may do.

import { read } from "./api.js";
import { fill, h, heading, panel, refill } from "./dom.js";
import { count, duration, fullTime } from "./format.js";
import { follow } from "./live.js";
import { readFigures } from "./metrics.js";
import { pauseButton } from "./pause.js";
import { problemLine } from "./problem.js";
import { session } from "./session.js";
import { subscribe } from "./summary.js";
import { pauseText } from "./types.js";
import { visible } from "./visible.js";

export default function service(root) {
  const problem = problemLine();
  const facts = h("dl", {});
  const components = h("ul", { class: "plain" });
  const all = h("div", {});
  const figures = h("div", {});
  const content = h(
    "div", {}, panel("This instance", facts), panel("Figures of this instance", figures), panel("Handing out jobs", all),
    panel("Components", components));
  fill(
    root, heading("Service"), problem.element, content,
    h("p", {}, h("a", { href: "../docs" }, "Operations of the API"), " · ", h("a", { href: "../openapi.json" }, "openapi.json"),
      session.who.metrics && [" · ", h("a", { href: session.who.metrics }, "Metrics")]));
  let summary;
  let instance;

  function show() {
    if (!instance) return;
    const rows = [
      ["Name", instance.name], ["Host", instance.id], ["Version", instance.version],
      ["Instances that share the store", summary?.instances !== undefined && count(summary.instances)],
      ["Started", fullTime(instance.start_time)], ["Up for", duration(instance.uptime)],
      ["Jobs are kept", instance.store], ["Claims that wait here", count(instance.waiting)],
      ["You are", session.who.name ?? "anybody: no keys are set"],
      ["You may", session.who.scopes ? session.who.scopes.join(", ") : session.who.read_only ? "read" : "do everything"],
      ["You see", session.who.types ? `the types ${session.who.types.map(visible).join(", ")}` : "all types"],
    ];
    fill(facts, rows.filter(([, value]) => value !== undefined && value !== false && value !== "?").map(
      ([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
    fill(components, (instance.components ?? []).map((text) => h("li", {}, h("code", {}, text))));
  }

  const end = subscribe((answer) => {
    summary = answer;
    show();
    refill(all, answer.paused ?? null, () => [
      h("p", {}, answer.paused ? ["All types are ", pauseText(answer.paused)]
        : "Jobs of all types are handed out, unless a type is paused on its own."),
      h("p", { class: "row" }, pauseButton("*", answer.paused)),
    ]);
  }, () => undefined);
  const live = follow(
    async (signal) => ({ answer: await read("instance", { signal }), known: await readFigures(signal) }),
    ({ answer, known }) => {
      problem.clear(content);
      instance = answer;
      show();
      fill(figures, known.length === 0 ? h("p", { class: "quiet" }, "The metrics are served elsewhere, or not to you.")
        : h("dl", {}, known.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
    },
    (error) => problem.show(error, content));
  return () => {
    end();
    live.end();
  };
}
