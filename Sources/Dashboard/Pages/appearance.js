// The switches of the frame: colours, the zone of times, and whether the page goes on reading by itself.

import { refreshTimes, zone } from "./format.js";
import { updates } from "./live.js";

const themes = ["auto", "light", "dark"];
const place = "jobs.theme";

/** Lets the buttons of the frame do what they say, and shows what is chosen. */
export function setUpSwitches() {
  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const tellTheme = () => (theme.textContent = `Colours: ${root.dataset.theme}`);
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    root.dataset.theme = next;
    localStorage.setItem(place, next);
    tellTheme();
  });
  tellTheme();

  const times = document.getElementById("zone");
  const tellZone = () => (times.textContent = `Times: ${zone.isUTC ? "UTC" : "local"}`);
  times.addEventListener("click", () => {
    zone.isUTC = !zone.isUTC;
    tellZone();
    refreshTimes();
  });
  tellZone();

  const live = document.getElementById("updates");
  live.addEventListener("click", () => {
    updates.arePaused = !updates.arePaused;
    live.setAttribute("aria-pressed", String(updates.arePaused));
    live.textContent = updates.arePaused ? "Updates are paused" : "Pause updates";
  });
}
