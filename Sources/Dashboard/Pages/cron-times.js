// The firings after the next one, which the service tells: the browser goes on from there by the clocks of the zone.

const names = {
  month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};
const short = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *" };
const day = 86400000;
/** How many days are looked at: a day of February that only some years have comes again within eight years. */
const patience = 3000;

/** The next firing and those after it, at most `number` of them, as dates in ISO. */
export function firings(cron, zone, next, number) {
  const times = [next];
  try {
    const fields = parse(short[cron.trim().toLowerCase()] ?? cron);
    const last = Date.parse(next);
    const start = Math.floor((last + offset(last, zone)) / day) * day;
    for (let date = start; date < start + patience * day && times.length < number; date += day) {
      if (!fits(fields, new Date(date))) continue;
      for (const local of minutesOf(fields)) {
        const time = moment(date + local * 60000, zone);
        if (time > Date.parse(times.at(-1)) && times.length < number) times.push(new Date(time).toISOString());
      }
    }
  } catch {
    // An expression or a zone that this browser does not know: the next one is known in any case.
  }
  return times;
}

function parse(cron) {
  const [minute, hour, date, month, weekday] = cron.trim().split(/\s+/);
  return {
    minutes: values(minute, 0, 59), hours: values(hour, 0, 23), dates: values(date, 1, 31),
    months: values(month, 1, 12, names.month, 1), weekdays: values(weekday, 0, 7, names.weekday, 0).map((one) => one % 7),
    isAnyDate: date.startsWith("*"), isAnyWeekday: weekday.startsWith("*"),
  };
}

function values(field, least, most, words = [], first = 0) {
  const number = (text) => (words.includes(text.toLowerCase()) ? words.indexOf(text.toLowerCase()) + first : Number(text));
  return field.split(",").flatMap((part) => {
    const [range, step] = part.split("/");
    const [from, to] = range === "*" ? [least, most] : range.split("-").map(number);
    const end = to ?? (step ? most : from);
    return Array.from({ length: most - least + 1 }, (_, index) => least + index).filter(
      (value) => value >= from && value <= end && (value - from) % Number(step ?? 1) === 0);
  });
}

/** Whether a schedule fires on a day. Where day of month and day of week are both restricted, either will do. */
function fits(fields, date) {
  if (!fields.months.includes(date.getUTCMonth() + 1)) return false;
  const isDate = fields.dates.includes(date.getUTCDate());
  const isWeekday = fields.weekdays.includes(date.getUTCDay());
  return fields.isAnyDate || fields.isAnyWeekday ? isDate && isWeekday : isDate || isWeekday;
}

const minutesOf = (fields) => fields.hours.flatMap((hour) => fields.minutes.map((minute) => hour * 60 + minute));

/** How far the clocks of a zone are ahead of UTC at a time, in milliseconds. */
function offset(time, zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(time).map((part) => [part.type, Number(part.value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute) - Math.floor(time / 60000) * 60000;
}

/** The time at which the clocks of a zone show a local time. */
function moment(local, zone) {
  const guess = local - offset(local, zone);
  return local - offset(guess, zone);
}
