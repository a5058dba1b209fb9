// Times in the reader's zone: <html data-zone="Asia/Shanghai">; UTC without one.

const QUARTER_MS = 900_000;
const offsets = new Map();
const format = parts(document.documentElement.dataset.zone || "UTC");

function parts(zone) {
  const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...fields });
  } catch {
    // A zone that this browser does not know.
    return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hourCycle: "h23", ...fields });
  }
}

// Milliseconds from UTC to the zone; it changes on quarters of an hour only, so each is asked for once.
function offsetAt(ms) {
  const quarter = Math.floor(ms / QUARTER_MS);
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    const at = quarter * QUARTER_MS;
    const found = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    offset = Date.UTC(found.year, found.month - 1, found.day, found.hour, found.minute, found.second) - at;
    offsets.set(quarter, offset);
  }
  return offset;
}

function local(moment) {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  return new Date(ms + offsetAt(ms)).toISOString();
}

// 2026-07-01 03:12:45
export function stamp(moment) {
  return local(moment).slice(0, 19).replace("T", " ");
}

// 03:12:45
export function clock(moment) {
  return local(moment).slice(11, 19);
}

// UTC, UTC+8, UTC-3:30: of that moment, as zones change in summer.
export function zoneLabel(moment = Date.now()) {
  const minutes = Math.round(offsetAt(typeof moment === "number" ? moment : Date.parse(moment)) / 60_000);
  if (!minutes) return "UTC";
  const rest = Math.abs(minutes) % 60;
  const hours = Math.floor(Math.abs(minutes) / 60);
  return `UTC${minutes < 0 ? "-" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

// The value of a field of type datetime-local, and the moment (ISO, UTC) that such a value stands for; "" for none.
export function fieldValue(moment) {
  return local(moment).slice(0, 19);
}

export function fieldMoment(value) {
  const wanted = Date.parse(`${value}Z`);
  if (!value || Number.isNaN(wanted)) return "";
  // The offset there is nearly always that here; where clocks change, the second step finds it.
  const first = wanted - offsetAt(wanted);
  return new Date(wanted - offsetAt(first)).toISOString();
}
