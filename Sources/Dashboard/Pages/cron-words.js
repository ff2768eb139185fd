// A cron expression in words, as far as people would say it; others are shown as they are.

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const named = {
  "@hourly": "every hour, on the hour", "@daily": "every day at midnight", "@midnight": "every day at midnight",
  "@weekly": "every Sunday at midnight", "@monthly": "on the first of every month at midnight",
  "@yearly": "every first of January at midnight", "@annually": "every first of January at midnight",
};

/** The expression in words; undefined where there are no short ones. */
export function cronInWords(cron) {
  if (named[cron.trim().toLowerCase()]) return named[cron.trim().toLowerCase()];
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== 5) return undefined;
  const [minute, hour, day, month, weekday] = parts;
  const when = timeOfDay(minute, hour);
  const which = when?.startsWith("at ") && dayOf(day, month, weekday) === "" ? "every day" : dayOf(day, month, weekday);
  return when && which !== undefined ? [when, which].filter(Boolean).join(" ") : undefined;
}

function timeOfDay(minute, hour) {
  const step = /^\*\/(\d+)$/;
  const pad = (number) => String(number).padStart(2, "0");
  if (minute === "*" && hour === "*") return "every minute";
  if (step.test(minute) && hour === "*") return `every ${minute.slice(2)} minutes`;
  if (step.test(minute) && /^\d+-\d+$/.test(hour)) {
    const [from, to] = hour.split("-");
    return `every ${minute.slice(2)} minutes from ${pad(from)}:00 to ${pad(to)}:59`;
  }
  if (!/^\d+$/.test(minute)) return undefined;
  if (hour === "*") return minute === "0" ? "every hour, on the hour" : `every hour at minute ${minute}`;
  if (step.test(hour)) return `every ${hour.slice(2)} hours at minute ${minute}`;
  if (/^\d+(,\d+)*$/.test(hour)) return `at ${hour.split(",").map((one) => `${pad(one)}:${pad(minute)}`).join(" and ")}`;
  return undefined;
}

function dayOf(day, month, weekday) {
  if (month !== "*") return undefined;
  if (day === "*" && weekday === "*") return "";
  if (day === "*") {
    const short = days.map((full) => full.slice(0, 3).toLowerCase());
    const name = (text) => days[/^\d$/.test(text) ? Number(text) : short.indexOf(text.toLowerCase())];
    const range = weekday.split("-");
    const list = weekday.split(",");
    if (range.length === 2 && range.every(name)) return `from ${name(range[0])} to ${name(range[1])}`;
    if (list.every(name)) return `on ${list.map(name).join(" and ")}`;
    return undefined;
  }
  if (weekday === "*" && /^\d+$/.test(day)) return `on day ${day} of the month`;
  return undefined;
}
