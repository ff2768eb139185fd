// Where keys are set: asks for one.

import { button } from "./button.js";
import { fill, h, heading } from "./dom.js";
import { identify, session } from "./session.js";
import { forget } from "./summary.js";

export default function signIn(root, { query }) {
  const field = h("input", { id: "key", type: "password", autocomplete: "off", spellcheck: "false", "aria-describedby": "key-why" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const form = h(
    "form",
    {
      class: "panel narrow", novalidate: true,
      onsubmit: async (event) => {
        event.preventDefault();
        problem.hidden = true;
        session.key = field.value.trim();
        forget();
        try {
          await identify();
          location.replace(`#${query.to?.startsWith("/") ? query.to : "/"}`);
        } catch (response) {
          session.key = "";
          problem.textContent = response instanceof Response
            ? "The service does not know this key, or it has expired." : "The service does not answer.";
          problem.hidden = false;
          field.focus();
        }
      },
    },
    h("p", { id: "key-why" }, "The service asks for a key or a token. It is kept in this tab until you close it or sign out. ",
      "An operator makes keys with ", h("code", {}, "jobsctl key NAME --scope read"), "."),
    h("p", {}, h("label", { for: "key" }, "Key or token"), field), problem,
    h("p", { class: "row" }, h("button", { type: "submit", class: "main" }, "Sign in"),
      button("Show what I type", ({ target }) => {
        field.type = field.type === "password" ? "text" : "password";
        target.textContent = field.type === "password" ? "Show what I type" : "Hide what I type";
      }, { kind: "quiet" })));
  fill(root, heading("Sign in"), form);
  field.focus();
}
