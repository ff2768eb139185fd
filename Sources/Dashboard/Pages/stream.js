// Server-sent events, read with fetch, since the browser's own reader can send no key.

import { open } from "./api.js";

/** The longest time without a byte from the service, which sends at least a comment every 15 s. */
const silence = 40000;

/** Reads events until the signal or the other side ends it; `each` gets the name and the data of each. */
export async function readEvents(path, signal, each) {
  const control = new AbortController();
  const stop = () => control.abort();
  signal.addEventListener("abort", stop);
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(stop, silence);
  };
  try {
    wait();
    const response = await open(path, { signal: control.signal });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      wait();
      rest += value;
      const parts = rest.split("\n\n");
      rest = parts.pop();
      for (const part of parts) deliver(part, each);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    control.abort();
  }
}

function deliver(part, each) {
  let name = "message";
  const data = [];
  for (const line of part.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).trim());
  }
  if (data.length > 0) each(name, data.join("\n"));
}
