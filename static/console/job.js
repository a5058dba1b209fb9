// The page of a job: state, grid and log are asked for again and again, without reloading.

import { Causes } from "./causes.js";
import { Grid, rankOf } from "./grid.js";
import { END, Lines } from "./lines.js";
import { Log } from "./log.js";
import { el, look, span } from "./looks.js";
import { fieldMoment, stamp, zoneLabel } from "./moments.js";
import { Progress } from "./progress.js";
import { Resume } from "./resume.js";
import { Strip } from "./strip.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const LIVE_MS = 1000;
// A request waits for new lines this long, so that the state is asked for as well; lines that come close together are
// fetched together.
const WAIT_S = 5;
const TOGETHER_MS = 300;
const HIDDEN_MS = 5000;
const ENDED_MS = 10000;
const FAILED_MS = 3000;
const WORKER_MS = 15000;
const CROWDED_MS = 30000;
// The state of 200 nodes is large: asked for after news, and now and then in any case.
const STATE_NEWS_MS = 1500;
const STATE_MS = 5000;
const TYPED_MS = 50;

const start = JSON.parse(document.getElementById("job-start").textContent);
const ended = new Set(start.ended);
const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat(document.documentElement.lang || "en");
let status = start.status;
let clockAhead = 0;
let lostAt = null;
let askedForState = 0;
let crowdedUntil = 0;
let askedForWorkers = Date.now();
let knownErrors = "";

// A node in words: what its worst step says of it.
const SUMMARY = { skipped: gettext("not finished"), succeeded: gettext("done"), pending: gettext("waiting") };

class SignedOut extends Error {}
// Too many wait already: the page asks again and again instead.
class Crowded extends Error {}

async function fetchJson(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/json", "X-Console-Poll": "1" }, credentials: "same-origin" });
  if (answer.status === 401 || answer.status === 403) throw new SignedOut();
  if (answer.status === 429) throw new Crowded();
  if (!answer.ok) throw new Error(`the console answered ${answer.status}`);
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (date) clockAhead = date - Date.now();
  return answer.json();
}

const progress = new Progress(start.icons);
const resume = byId("resume-dialog") ? new Resume(byId("resume-dialog"), () => status) : null;
const causes = new Causes({
  may: start.may,
  lastLines: async (node, limit) => {
    const wanted = new URLSearchParams({ node, around: END, limit: 2 * limit });
    return (await fetchJson(`${start.events_url}?${wanted}`)).events;
  },
  onLog: (node) => {
    chooseNode(node);
    byId("log").focus();
  },
  onResume: (addresses) => resume?.open(addresses),
});
const toggleNode = (node) => chooseNode(byId("log-node").value === node ? "" : node);
const strip = new Strip(byId("job-strip"), start.names, toggleNode);
const grid = new Grid(byId("job-grid"), start.names, causes, toggleNode);
const lines = new Lines({
  url: start.events_url, fetchJson, onChange: (kind, count) => log.update(kind, count), onError: (error) => guarded(() => { throw error; }),
});
const log = new Log(byId("log"), lines, { onChange: showLogState });
const fields = ["node", "phase", "level", "q", "since", "until"];

function filters() {
  const value = (name) => byId(`log-${name}`).value;
  return {
    node: value("node"), phase: value("phase"), level: value("level"), q: value("q"),
    since: fieldMoment(value("since")), until: fieldMoment(value("until")),
  };
}

function showLogState(view) {
  const last = byId("log-last");
  last.hidden = view.stick || !lines.count;
  const unseen = ngettext("%(number)s new line", "%(number)s new lines", view.unseen);
  last.textContent = `↓ ${view.unseen ? interpolate(unseen, { number: number.format(view.unseen) }) : gettext("to the last line")}`;
  byId("log-follow").setAttribute("aria-pressed", String(view.stick));
  const all = interpolate(ngettext("%(number)s line", "%(number)s lines", lines.all), { number: number.format(lines.all) });
  const some = ngettext("%(number)s of %(all)s line", "%(number)s of %(all)s lines", lines.all);
  const found = interpolate(some, { number: number.format(lines.count), all: number.format(lines.all) });
  const text = !lines.all ? "" : lines.filtered ? found : all;
  if (byId("log-count").textContent !== text) byId("log-count").textContent = text;
  byId("log-clear").hidden = !lines.filtered;
}

function chooseNode(node) {
  const list = byId("log-node");
  if (node && ![...list.options].some((option) => option.value === node)) list.append(new Option(node, node));
  list.value = node;
  filterLog();
}

function filterLog() {
  const wanted = filters();
  grid.choose(wanted.node);
  strip.choose(wanted.node);
  byId("log").classList.toggle("con-onenode", Boolean(wanted.node));
  byId("log-times").classList.toggle("con-used", Boolean(wanted.since || wanted.until));
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value)).toString();
  byId("log-full").search = query;
  byId("log-save").search = query;
  guarded(() => log.filter(wanted));
}

function clearFilters() {
  for (const name of fields) byId(`log-${name}`).value = "";
  filterLog();
}

function showStatus() {
  const [tone, symbol, word] = look(status.status);
  const pill = el("span", `con-pill con-${tone}`, `${symbol} ${status.status === "succeeded" ? gettext("succeeded") : word}`);
  const held = status.paused_by ? [" ", el("span", "con-pill con-warn", `‖ ${gettext("paused")}`)] : [];
  byId("job-pill").replaceChildren(pill, ...held);
  byId("job-left").textContent = status.time_left ? `· ${status.time_left.text}` : "";
  showPause();
  byId("job-full").hidden = !status.waits_for;
  byId("job-full").querySelector("span").textContent = status.waits_for;
  const { total } = status.progress;
  const done = status.phases.reduce((sum, phase) => sum + phase.done, 0);
  const bar = byId("job-bar");
  bar.className = `con-bar con-bar-wide con-bar-${tone}`;
  bar.max = Math.max(total, 1);
  bar.value = done;
  byId("job-count").textContent = interpolate(ngettext("%(done)s/%(total)s step", "%(done)s/%(total)s steps", total), { done, total });
  byId("job-phase").textContent = ended.has(status.status) || !status.phase ? "" : interpolate(gettext("in phase %(phase)s"), { phase: status.phase });
  const error = byId("job-error");
  error.hidden = !status.error;
  error.textContent = status.error;
  if (status.error_code) {
    const code = document.createElement("a");
    code.className = "con-code";
    code.href = error.dataset.codes.replace("X00", status.error_code);
    code.target = "_blank";
    code.rel = "noopener";
    code.textContent = status.error_code;
    error.prepend(code, " ");
  }
  byId("job-finished").textContent = status.finished_at
    ? `· ${interpolate(gettext("ended at %(time)s"), { time: zoned(status.finished_at) })}` : "";
  progress.show(tone, symbol, total ? Math.floor((100 * done) / total) : 0);
  showButtons();
  showTime();
  strip.show(status.nodes);
  grid.show(status);
  showCounts();
  listNodes();
}

function zoned(moment) {
  return `${stamp(moment)} ${zoneLabel(moment)}`;
}

// Errors in words of this page come from the console: asked for when others are there.
async function showCauses() {
  const errors = JSON.stringify(status.nodes.map((node) => node.error && [node.node_id, node.error]).filter(Boolean));
  if (errors === knownErrors) return;
  const answer = errors === "[]" ? { causes: [] } : await fetchJson(start.causes_url);
  knownErrors = errors;
  causes.update(answer.causes, status.nodes);
  grid.show(status);
}

// Who paused the job, and what the user may expect of it meanwhile.
function showPause() {
  const note = byId("job-paused");
  note.hidden = !status.paused_by;
  if (note.hidden) return;
  const running = status.phases.reduce((sum, phase) => sum + phase.running, 0);
  const who = status.paused_at
    ? interpolate(gettext("Paused by %(name)s at %(time)s."), { name: status.paused_by, time: zoned(status.paused_at) })
    : interpolate(gettext("Paused by %(name)s."), { name: status.paused_by });
  const left = ngettext(
    "%(number)s running step finishes; no new step starts.",
    "%(number)s running steps finish; no new step starts.", running,
  );
  note.textContent = `${who} ${interpolate(left, { number: running })}`;
}

// A button that is not for now is out of reach and keeps its place: none moves under the pointer.
function away(id, isAway) {
  byId(id)?.classList.toggle("con-away", isAway);
}

function showButtons() {
  const over = ended.has(status.status);
  byId("job").classList.toggle("con-over", over);
  if (!byId("job-cancel")) return;
  away("job-cancel", over);
  away("job-pause", over || status.status === "cancelling" || Boolean(status.paused_by));
  away("job-go-on", !status.paused_by);
  away("job-cancel-soft", over || status.status === "cancelling");
  // A job that cannot be resumed has a link that starts a new one.
  away(byId("job-resume") ? "job-resume" : "job-anew", !(over && status.status !== "succeeded"));
}

function showTime() {
  const from = status.started_at ? Date.parse(status.started_at) : null;
  const to = status.finished_at ? Date.parse(status.finished_at) : Date.now() + clockAhead;
  const text = !from ? gettext("not started") : status.finished_at ? gettext("took %(time)s") : gettext("running for %(time)s");
  byId("job-took").textContent = interpolate(text, { time: span(to - from - 1000 * status.idle_s) });
}

function showCounts() {
  const found = new Map();
  for (const node of [...status.nodes].sort((one, other) => rankOf(one) - rankOf(other))) found.set(node.status, (found.get(node.status) ?? 0) + 1);
  const parts = [...found].map(([state, number]) => `${number} ${SUMMARY[state] ?? look(state)[2]}`);
  byId("grid-summary").textContent = status.nodes.length
    ? `${interpolate(ngettext("%(number)s node:", "%(number)s nodes:", status.nodes.length), { number: status.nodes.length })} ${parts.join(", ")}`
    : "";
}

function listNodes() {
  const phases = byId("log-phase");
  if (phases.options.length <= status.phases.length) {
    phases.replaceChildren(phases.firstElementChild, ...status.phases.map(({ phase }) => new Option(phase, phase)));
  }
  const list = byId("log-node");
  if (list.options.length > status.nodes.length) return;
  const known = new Set([...list.options].map((option) => option.value));
  for (const node of status.nodes) {
    const label = [node.mgmt_address, start.names[node.node_id]].filter(Boolean).join(" ");
    if (!known.has(node.mgmt_address)) list.append(new Option(label, node.mgmt_address));
  }
  // The column of the log is as narrow as it can be.
  const longest = Math.max(9, ...status.nodes.map((node) => node.mgmt_address.length));
  byId("log").style.setProperty("--job-node", `${Math.min(longest, 20)}ch`);
}

// A broken connection is reported once and restored automatically; after a lost session the user signs in again.
async function guarded(work) {
  try {
    await work();
    lostAt = null;
    byId("job-link").textContent = ended.has(status.status) ? "" : gettext("live");
    return true;
  } catch (error) {
    lostAt ??= new Date();
    byId("job-link").textContent = error instanceof SignedOut
      ? gettext("You are signed out: reload the page and sign in. The job continues.")
      : interpolate(gettext("The console has not answered since %(time)s. Retrying; the job continues."), { time: lostAt.toLocaleTimeString() });
    return false;
  }
}

function stateIsDue() {
  const age = Date.now() - askedForState;
  return lines.jobStatus !== status.status || age > STATE_MS || (lines.news && age > STATE_NEWS_MS);
}

// A job whose workers all died is on hold: the page says so at once.
async function lookForWorkers() {
  if (ended.has(status.status)) {
    byId("job-stalled").hidden = true;
  } else if (Date.now() - askedForWorkers > WORKER_MS) {
    askedForWorkers = Date.now();
    const answer = await fetch(start.ready_url, { headers: { Accept: "application/json" } });
    byId("job-stalled").hidden = (await answer.json()).workers > 0;
  }
}

// Not at first, and not while nobody looks: then it holds no place among those who wait.
function waitSeconds() {
  return askedForState && !document.hidden && !ended.has(status.status) && Date.now() > crowdedUntil ? WAIT_S : 0;
}

async function pollLog() {
  try {
    await lines.poll(waitSeconds());
  } catch (error) {
    if (!(error instanceof Crowded)) throw error;
    crowdedUntil = Date.now() + CROWDED_MS;
    await lines.poll();
  }
}

async function round() {
  const began = Date.now();
  const well = await guarded(async () => {
    await pollLog();
    if (stateIsDue()) {
      status = await fetchJson(start.status_url);
      askedForState = Date.now();
      lines.news = false;
      showStatus();
      await showCauses();
      // No line is written after the end: one more look and the log is whole.
      if (ended.has(status.status)) await lines.poll();
    }
    await lookForWorkers();
  });
  // A server that cannot let requests wait answers at once: then the page does.
  const live = Date.now() - began > LIVE_MS ? TOGETHER_MS : LIVE_MS;
  const calm = ended.has(status.status) ? ENDED_MS : document.hidden ? HIDDEN_MS : live;
  setTimeout(round, well ? calm : FAILED_MS);
}

for (const name of fields.filter((field) => field !== "q")) byId(`log-${name}`).addEventListener("change", filterLog);
let typed = 0;
byId("log-q").addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(filterLog, TYPED_MS);
});
byId("log-q").addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    clearTimeout(typed);
    filterLog();
  } else if (event.key === "Escape" && event.target.value) {
    event.target.value = "";
    filterLog();
  } else if (event.key === "ArrowDown") {
    byId("log").focus();
  } else return;
  event.preventDefault();
});
byId("log-clear").addEventListener("click", clearFilters);
byId("log-last").addEventListener("click", () => log.follow(true));
byId("log-follow").addEventListener("click", () => log.follow(!log.stick));
const wrap = byId("log-wrap");
wrap.checked = localStorage.getItem("console-log-wrap") !== "0";
log.setWrap(wrap.checked);
wrap.addEventListener("change", () => {
  log.setWrap(wrap.checked);
  localStorage.setItem("console-log-wrap", wrap.checked ? "1" : "0");
});
const KEYS = {
  j: () => log.step(1), ArrowDown: () => log.step(1), k: () => log.step(-1), ArrowUp: () => log.step(-1),
  f: () => log.follow(!log.stick), End: () => log.follow(true), Home: () => log.goTo(lines.first[0] ?? 1), "/": () => byId("log-q").focus(),
};
byId("log").addEventListener("keydown", (event) => {
  if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  KEYS[event.key]();
});
byId("grid-by").addEventListener("change", (event) => grid.groupBy(event.target.value === "rack"));
byId("log-zone").textContent = zoneLabel();

// A line that the address names is shown among the others, whatever the filters were.
function goToNamed() {
  const [, seq] = /^#line-(\d{1,18})$/.exec(location.hash) ?? [];
  if (!seq) return false;
  if (lines.filtered) {
    for (const name of fields) byId(`log-${name}`).value = "";
    lines.filters = {};
    grid.choose("");
    strip.choose("");
  }
  guarded(() => log.goTo(Number(seq)));
  return true;
}

window.addEventListener("hashchange", goToNamed);
setInterval(showTime, 1000);
showStatus();
causes.update(start.causes, status.nodes);
knownErrors = JSON.stringify(status.nodes.map((node) => node.error && [node.node_id, node.error]).filter(Boolean));
grid.show(status);
goToNamed();
round();
