// The page of a job: state, grid and log are asked for again and again, without reloading.

import { Grid } from "./grid.js";
import { Log } from "./log.js";
import { el, look, span } from "./looks.js";
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

const start = JSON.parse(document.getElementById("job-start").textContent);
const ended = new Set(start.ended);
const byId = (id) => document.getElementById(id);
const title = document.title;
let status = start.status;
let clockAhead = 0;
let lostAt = null;
let askedForState = 0;
let crowdedUntil = 0;
let askedForWorkers = Date.now();

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

const grid = new Grid(byId("job-grid"), start.names, (node) => chooseNode(byId("log-node").value === node ? "" : node));
const log = new Log(byId("log"), {
  url: start.events_url, max: start.shown_lines, lastSeq: start.last_seq, fetchJson, onChange: showLogState,
});

function showLogState(view) {
  const last = byId("log-last");
  last.hidden = view.stick;
  const unseen = ngettext("%(number)s new line", "%(number)s new lines", view.unseen);
  last.textContent = `↓ ${view.unseen ? interpolate(unseen, { number: view.unseen }) : gettext("to the last line")}`;
  const lines = ngettext("%(number)s line, times in UTC", "%(number)s lines, times in UTC", view.count);
  byId("log-count").textContent = view.count ? interpolate(lines, { number: view.count.toLocaleString("en") }) : "";
  byId("log-clear").hidden = !(view.filters.node || view.filters.level);
}

function chooseNode(node) {
  const list = byId("log-node");
  if (node && ![...list.options].some((option) => option.value === node)) list.append(new Option(node, node));
  list.value = node;
  filterLog();
}

function filterLog() {
  const filters = { node: byId("log-node").value, level: byId("log-level").value };
  grid.choose(filters.node);
  const full = byId("log-full");
  full.search = new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();
  guarded(() => log.filter(filters));
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
    ? `· ${interpolate(gettext("ended at %(time)s UTC"), { time: stamp(status.finished_at) })}` : "";
  document.title = `${symbol} ${total ? Math.floor((100 * done) / total) : 0}% ${title}`;
  showButtons();
  showTime();
  grid.show(status);
  showCounts();
  listNodes();
}

function stamp(moment) {
  return moment.slice(0, 19).replace("T", " ");
}

// Who paused the job, and what the user may expect of it meanwhile.
function showPause() {
  const note = byId("job-paused");
  note.hidden = !status.paused_by;
  if (note.hidden) return;
  const running = status.phases.reduce((sum, phase) => sum + phase.running, 0);
  const who = status.paused_at
    ? interpolate(gettext("Paused by %(name)s at %(time)s UTC."), { name: status.paused_by, time: stamp(status.paused_at) })
    : interpolate(gettext("Paused by %(name)s."), { name: status.paused_by });
  const left = ngettext(
    "%(number)s running step finishes; no new step starts.",
    "%(number)s running steps finish; no new step starts.", running,
  );
  note.textContent = `${who} ${interpolate(left, { number: running })}`;
}

function showButtons() {
  const over = ended.has(status.status);
  const cancel = byId("job-cancel");
  if (!cancel) return;
  cancel.hidden = over;
  byId("job-pause").hidden = over || status.status === "cancelling" || Boolean(status.paused_by);
  byId("job-go-on").hidden = !status.paused_by;
  byId("job-cancel-soft").hidden = status.status === "cancelling";
  // A job that cannot be resumed has a link that starts a new one.
  (byId("job-resume") ?? byId("job-anew")).hidden = !(over && status.status !== "succeeded");
}

function showTime() {
  const from = status.started_at ? Date.parse(status.started_at) : null;
  const to = status.finished_at ? Date.parse(status.finished_at) : Date.now() + clockAhead;
  const text = !from ? gettext("not started") : status.finished_at ? gettext("took %(time)s") : gettext("running for %(time)s");
  byId("job-took").textContent = interpolate(text, { time: span(to - from) });
}

function showCounts() {
  const found = new Map();
  for (const node of status.nodes) found.set(node.status, (found.get(node.status) ?? 0) + 1);
  const parts = [...found].map(([state, number]) => `${number} ${SUMMARY[state] ?? look(state)[2]}`);
  byId("grid-summary").textContent = status.nodes.length
    ? `${interpolate(ngettext("%(number)s node:", "%(number)s nodes:", status.nodes.length), { number: status.nodes.length })} ${parts.join(", ")}`
    : "";
}

function listNodes() {
  const list = byId("log-node");
  if (list.options.length > status.nodes.length) return;
  const known = new Set([...list.options].map((option) => option.value));
  for (const node of status.nodes) {
    if (!known.has(node.mgmt_address)) list.append(new Option(node.mgmt_address, node.mgmt_address));
  }
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
  return log.jobStatus !== status.status || age > STATE_MS || (log.news && age > STATE_NEWS_MS);
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
    await log.poll(waitSeconds());
  } catch (error) {
    if (!(error instanceof Crowded)) throw error;
    crowdedUntil = Date.now() + CROWDED_MS;
    await log.poll();
  }
}

async function round() {
  const began = Date.now();
  const well = await guarded(async () => {
    await pollLog();
    if (stateIsDue()) {
      status = await fetchJson(start.status_url);
      askedForState = Date.now();
      log.news = false;
      showStatus();
      // No line is written after the end: one more look and the log is whole.
      if (ended.has(status.status)) await log.poll();
    }
    await lookForWorkers();
  });
  // A server that cannot let requests wait answers at once: then the page does.
  const live = Date.now() - began > LIVE_MS ? TOGETHER_MS : LIVE_MS;
  const calm = ended.has(status.status) ? ENDED_MS : document.hidden ? HIDDEN_MS : live;
  setTimeout(round, well ? calm : FAILED_MS);
}

byId("resume-dialog")?.addEventListener("console:open", () => {
  const left = status.nodes.filter((node) => node.status !== "succeeded");
  const list = byId("resume-nodes");
  list.hidden = left.length === 0;
  list.replaceChildren(list.firstElementChild, ...left.map((node) => {
    const label = el("label", "con-check");
    const box = el("input");
    Object.assign(box, { type: "checkbox", name: "address", value: node.mgmt_address });
    label.append(box, ` ${node.mgmt_address} `, el("span", "con-dim", look(node.status)[2]));
    return label;
  }));
});
byId("log-node").addEventListener("change", filterLog);
byId("log-level").addEventListener("change", filterLog);
byId("log-clear").addEventListener("click", () => {
  byId("log-level").value = "";
  chooseNode("");
});
byId("log-last").addEventListener("click", () => log.toEnd());
const wrap = byId("log-wrap");
wrap.checked = localStorage.getItem("console-log-wrap") !== "0";
byId("log").classList.toggle("con-wrap", wrap.checked);
wrap.addEventListener("change", () => {
  byId("log").classList.toggle("con-wrap", wrap.checked);
  localStorage.setItem("console-log-wrap", wrap.checked ? "1" : "0");
  if (log.stick) log.toEnd();
});
byId("grid-problems").addEventListener("change", (event) => {
  grid.problemsOnly = event.target.checked;
  grid.filter();
});
setInterval(showTime, 1000);
showStatus();
round();
