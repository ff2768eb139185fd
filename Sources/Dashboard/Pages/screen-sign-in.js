// Where keys are set: asks for one.

import { button, fill, h, heading } from "./dom.js";
import { identify, session } from "./session.js";

export default function signIn(root, { query }) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", required: true, spellcheck: "false" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const form = h(
    "form",
    {
      class: "narrow",
      onsubmit: async (event) => {
        event.preventDefault();
        problem.hidden = true;
        session.key = field.value.trim();
        try {
          await identify();
          location.assign(`#${query.to && query.to.startsWith("/") ? query.to : "/"}`);
        } catch (response) {
          session.key = "";
          problem.textContent = response instanceof Response
            ? "The service does not know this key, or it has expired." : "The service does not answer.";
          problem.hidden = false;
          field.focus();
        }
      },
    },
    h("p", {}, "The service asks for a key or a token. It is kept in this tab until you close it or sign out."),
    h("p", {}, h("label", { for: "key" }, "Key or token"), field), problem,
    h("p", {}, h("button", { type: "submit" }, "Sign in"), " ",
      button("Show what I type", () => (field.type = field.type === "password" ? "text" : "password"), { kind: "quiet" })));
  fill(root, heading("Sign in"), form);
  field.focus();
}
