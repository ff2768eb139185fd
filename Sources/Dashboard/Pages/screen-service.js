// The instance that answers: its version, its store, its figures.

import { read } from "./api.js";
import { fill, h, heading } from "./dom.js";
import { count, duration, time } from "./format.js";
import { follow } from "./live.js";
import { problemLine } from "./problem.js";
import { session } from "./session.js";

export default function service(root) {
  const problem = problemLine();
  const facts = h("dl", {});
  const components = h("ul", { class: "plain" });
  fill(
    root, heading("Service"), problem.element, facts, h("h2", {}, "Components"), components,
    h("p", {}, h("a", { href: "../docs" }, "Operations of the API"), " · ", h("a", { href: "../openapi.json" }, "openapi.json"),
      session.who.metrics && [" · ", h("a", { href: session.who.metrics }, "Metrics")]));
  const live = follow(
    (signal) => read("instance", { signal }),
    (instance) => {
      problem.clear(root);
      const rows = [
        ["Name", instance.name], ["Host", instance.id], ["Version", instance.version],
        ["Started", time(instance.start_time)], ["Up for", duration(instance.uptime)],
        ["Jobs are kept", instance.store], ["Claims that wait here", count(instance.waiting)],
        ["You are", session.who.name ?? "anybody: no keys are set"],
        ["You may", session.who.scopes ? session.who.scopes.join(", ") : session.who.read_only ? "read" : "everything"],
      ];
      fill(facts, rows.filter(([, value]) => value !== undefined && value !== "?").map(
        ([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
      fill(components, (instance.components ?? []).map((text) => h("li", {}, h("code", {}, text))));
    },
    (error, wait) => problem.show(error, wait, root));
  return () => live.end();
}
