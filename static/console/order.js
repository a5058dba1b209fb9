// The page of an order: a table and columns by role on one side, YAML on the other; each change of one shows in the other.

import { ROLES, empty, groupOf, partnerOf, rowOf, segmentsOf, withGroup, withPair, withRole, withSegments, withSubRole, withVbcText } from "./order_state.js";
import { gettext, interpolate, ngettext } from "./texts.js";
import { edit, said } from "./yaml_editor.js";

const start = JSON.parse(document.getElementById("order-start").textContent);
const TABLE_MS = 60;
const TEXT_MS = 200;
const SAVE_MS = 1200;
const AFTER_MS = 5000;

const find = (id) => document.getElementById(id);
const body = find("order-table").tBodies[0];
const board = find("order-board");
const rows = new Map();
let order = empty(start.zone_id);
let candidates = new Map();
let names = [];
let summary = {};
let findings = [];
let advice = [];
let readable = true;
let draft = { version: 0, settings: "", variables: "" };
let waiting = null;
let saving = null;
let asked = null;
let turn = 0;
let dragging = false;

function make(tag, options = {}, ...children) {
  const { className, text, on = {}, data = {}, ...rest } = options;
  const item = document.createElement(tag);
  if (className) item.className = className;
  if (text !== undefined) item.textContent = text;
  for (const [name, value] of Object.entries(rest)) item.setAttribute(name, value);
  for (const [name, value] of Object.entries(data)) item.dataset[name] = value;
  for (const [name, handler] of Object.entries(on)) item.addEventListener(name, handler);
  item.append(...children);
  return item;
}

// ---- the server ---------------------------------------------------------------------------------------------------

class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? "");
    this.status = status;
    this.problem = problem;
  }
}

async function send(url, method, values, signal) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
  const answer = await fetch(url, { method, headers, credentials: "same-origin", signal, body: values === undefined ? undefined : JSON.stringify(values) });
  if (answer.status === 204) return null;
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(answer.status, found);
  return found;
}

const variables = () => find("variables-text")?.value ?? "";

function check(values, delay) {
  clearTimeout(waiting);
  turn += 1;
  const mine = turn;
  waiting = setTimeout(async () => {
    asked?.abort();
    asked = new AbortController();
    const begun = performance.now();
    try {
      const given = values();
      const found = await send(start.urls.check, "POST", { ...given, variables: variables() }, asked.signal);
      document.documentElement.dataset.orderMs = String(Math.round(performance.now() - begun));
      // Whatever was changed meanwhile is on its way: this answer is about what was.
      if (mine === turn) checked(found, "order" in given);
    } catch (error) {
      if (mine === turn) failed(error);
    }
  }, delay);
  later();
}

function failed(error) {
  if (error.name === "AbortError") return;
  if (error instanceof Refusal && [401, 403].includes(error.status)) tell(gettext("You are signed out or may not do this: sign in in another tab, then change something here again."));
  else if (error instanceof Refusal && error.problem.findings) {
    findings = error.problem.findings.map((item) => ({ level: "error", ...item, cells: [] }));
    shown();
  } else tell(gettext("The console does not answer. Your text is kept here; the next change is sent again."));
}

function tell(text) {
  find("order-sum").textContent = text;
}

function checked(found, ofTable) {
  findings = found.findings;
  summary = found.summary;
  readable = found.order !== null;
  find("order-name").value = found.name;
  find("yaml-name").textContent = found.name;
  if (found.order) order = found.order;
  if (ofTable) editor.setText(found.text);
  shown();
}

// ---- from the table ------------------------------------------------------------------------------------------------

function change(next) {
  if (next === order) return;
  order = next;
  shown();
  check(() => ({ order }), TABLE_MS);
}

function setRole(address, role) {
  change(withRole(order, address, role, candidates.get(address), names));
}

function options(select, pairs, value) {
  const wanted = pairs.map(([key]) => key).join("|");
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...pairs.map(([key, text]) => make("option", { value: key, text })));
  }
  for (const [index, [, text]] of pairs.entries()) if (select.options[index].textContent !== text) select.options[index].textContent = text;
  if (select.value !== value) select.value = value;
}

// With hundreds of rows, what stays the same is not written again: each write costs a layout.
function write(item, text) {
  if (item.textContent !== text) item.textContent = text;
}

function wear(item, className) {
  if (item.className !== className) item.className = className;
}

const label = (address) => candidates.get(address)?.hostname || address;

function roleOptions(address) {
  const fits = candidates.get(address)?.fits ?? [];
  const mine = rowOf(order, address)?.role ?? "";
  const known = ROLES.includes(mine) || !mine ? ROLES : [...ROLES, mine];
  return [["", gettext("none")], ...known.map((role) => {
    const fit = fits.find((item) => item.role === role);
    return [role, fit && !fit.fits ? interpolate(gettext("%(role)s (does not fit)"), { role }) : role];
  })];
}

function newRow(address) {
  const about = candidates.get(address);
  const name = about?.hostname || address;
  const row = make("tr", { data: { address } });
  const box = make("input", { type: "checkbox", "aria-label": interpolate(gettext("Choose %(node)s"), { node: name }), data: { chosen: address } });
  const link = about ? make("a", { className: "con-link con-order-name", href: start.urls.node.replace("NODE", about.node_id), text: name }) : make("span", { className: "con-order-name", text: name });
  const where = about?.rack ? interpolate(gettext("%(address)s, rack %(rack)s"), { address, rack: about.rack }) : address;
  const role = make("select", { "aria-label": interpolate(gettext("Role of %(node)s"), { node: name }), on: { change: () => setRole(address, role.value) } });
  const subs = make("div", { className: "con-order-subs", role: "group", "aria-label": interpolate(gettext("Sub-roles of %(node)s"), { node: name }) });
  const more = make("div");
  const saids = Object.fromEntries(["node", "role", "more"].map((key) => [key, make("ul", { className: "con-order-said", id: `said-${key}-${address}` })]));
  role.setAttribute("aria-describedby", saids.role.id);
  // Sentences need the width of the table: they stand in a row of their own below the fields that they are about.
  const below = make("tr", { className: "con-order-below" }, make("td"), make("td", { colspan: "4" }, ...Object.values(saids)));
  below.hidden = true;
  row.append(
    make("td", {}, box),
    make("td", {}, link, make("span", { className: "con-sub con-mono con-order-where", text: where })),
    make("td", {}, about ? fitness(about) : make("span", { className: "con-dim", text: gettext("not among the available nodes") })),
    make("td", {}, role, subs),
    make("td", {}, more),
  );
  const made = { row, below, box, role, subs, more, saids, kind: "", text: `${name} ${address} ${about?.disks ?? ""}`.toLowerCase() };
  rows.set(address, made);
  return made;
}

function fitness(about) {
  const part = make("div", { className: "con-order-fit" });
  part.append(make("span", { text: about.disks || gettext("no data disk") }));
  const details = make("details");
  const all = about.fits.filter((fit) => fit.fits).map((fit) => fit.role);
  // Remote storage takes any hardware: that is no news beside another role.
  const fits = all.length > 1 ? all.filter((role) => role !== "hyper-sanc") : all;
  const words = !about.usable ? gettext("cannot be used now") : fits.length ? interpolate(gettext("fits %(roles)s"), { roles: fits.join(", ") }) : gettext("fits no role");
  const list = make("ul");
  for (const problem of about.problems) list.append(make("li", { text: problem }));
  for (const fit of about.fits) {
    const why = fit.why.join("; ");
    const sentence = fit.fits ? (why ? gettext("%(role)s: yes, but %(why)s") : gettext("%(role)s: yes")) : gettext("%(role)s: no, %(why)s");
    list.append(make("li", { text: interpolate(sentence, { role: fit.role, why }) }));
  }
  details.append(make("summary", { text: words }), list);
  part.append(details);
  return part;
}

function subRoleBoxes(place, address, row) {
  const possible = row ? [...new Set([...(summary.sub_roles?.[row.role] ?? []), ...row.sub_roles])] : [];
  const key = row ? `${row.role}|${possible}` : "";
  if (place.dataset.key !== key) {
    place.dataset.key = key;
    // One possible sub-role is no choice.
    place.replaceChildren(...(possible.length < 2 ? [] : possible.map((sub) => {
      const box = make("input", { type: "checkbox", value: sub });
      box.addEventListener("change", () => change(withSubRole(order, address, sub, box.checked)));
      return make("label", {}, box, sub);
    })));
  }
  for (const box of place.querySelectorAll("input")) box.checked = row.sub_roles.includes(box.value);
}

function moreCell(made, address, row) {
  const name = label(address);
  const hyper = row?.role.startsWith("hyper");
  const kind = !row ? "" : row.role === "vg" ? "vg" : row.role === "hyper-pair" ? "pair" : hyper ? "hyper" : "";
  const byHand = hyper && (summary.by_hand || order.vbc.length);
  const key = `${kind}${byHand ? "+vbc" : ""}`;
  if (made.kind !== key) {
    made.kind = key;
    made.more.replaceChildren();
    if (kind === "vg") {
      made.eips = make("input", { type: "text", spellcheck: "false", placeholder: "139.198.10.0/24|.1", "aria-label": interpolate(gettext("Public segments of %(node)s"), { node: name }), "aria-describedby": made.saids.more.id, on: { input: () => change(withSegments(order, address, made.eips.value)) } });
      made.more.append(made.eips);
    }
    if (kind === "pair") {
      made.pair = make("select", { "aria-label": interpolate(gettext("Pair of %(node)s"), { node: name }), on: { change: () => change(withPair(order, address, made.pair.value)) } });
      made.more.append(made.pair);
    }
    if (byHand) {
      made.group = make("select", { "aria-label": interpolate(gettext("VBC of %(node)s"), { node: name }), on: { change: () => change(withGroup(order, address, Number(made.group.value))) } });
      made.more.append(made.group);
    } else if (hyper) {
      made.planned = make("span", { className: "con-sub con-mono" });
      made.more.append(made.planned);
    }
  }
  const segments = segmentsOf(order, address).join(", ");
  if (kind === "vg" && document.activeElement !== made.eips && made.eips.value !== segments) made.eips.value = segments;
  if (kind === "pair") {
    const others = order.nodes.filter((item) => item.role === "hyper-pair" && item.address !== address);
    options(made.pair, [["", gettext("no pair")], ...others.map((item) => [item.address, interpolate(gettext("with %(node)s"), { node: label(item.address) })])], partnerOf(order, address));
  }
  if (byHand) {
    const groups = order.vbc.map((group, index) => [String(index), interpolate(gettext("VBC %(number)s %(network)s"), { number: index + 1, network: group.ipv4_vbc })]);
    options(made.group, [["-1", gettext("no VBC")], ...groups, [String(groups.length), gettext("a new VBC")]], String(groupOf(order, address)));
  } else if (hyper) {
    const vbc = (summary.vbc ?? []).find((item) => item.mgmt_ips.includes(address));
    write(made.planned, vbc ? `${vbc.ipv4_vbc || vbc.ipv6_vbc} ${vbc.master === address ? gettext("Master") : ""}`.trim() : "");
  }
}

// ---- what is shown -------------------------------------------------------------------------------------------------

const PLACES = { node: "node", role: "role", sub_roles: "role", pair: "more", eips: "more", vbc: "more" };

// What a proposal left to a person, as long as it is not done.
function openAdvice() {
  return advice.filter((item) => {
    if (item.code === "Y01") return !rowOf(order, item.node);
    if (item.code === "Y02") return rowOf(order, item.node)?.role === "vg" && !segmentsOf(order, item.node).length;
    return true;
  });
}

function byCell() {
  const found = new Map();
  for (const item of [...findings, ...openAdvice()]) {
    for (const [address, column] of item.cells) {
      const key = `${address} ${PLACES[column] ?? "node"}`;
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(item);
    }
  }
  return found;
}

function sayIn(list, items) {
  const key = items.map((item) => `${item.level}${item.code}${item.detail}`).join("|");
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items.map((item) => make("li", { className: `con-order-${item.level}` }, said(item, start.urls.code))));
}

function shown() {
  const cells = byCell();
  const addresses = [...names, ...order.nodes.map((row) => row.address).filter((address) => !candidates.has(address))];
  const known = new Set(addresses);
  for (const [address, made] of rows) {
    if (!known.has(address)) {
      made.row.remove();
      made.below.remove();
      rows.delete(address);
    }
  }
  let before = null;
  for (const address of addresses) {
    const made = rows.get(address) ?? newRow(address);
    const expected = before ? before.nextSibling : body.firstChild;
    if (made.row !== expected) {
      body.insertBefore(made.row, expected);
      body.insertBefore(made.below, made.row.nextSibling);
    }
    before = made.below;
    const row = rowOf(order, address);
    made.row.classList.toggle("con-order-in", Boolean(row));
    wear(made.below, row ? "con-order-below con-order-in" : "con-order-below");
    options(made.role, roleOptions(address), row?.role ?? "");
    subRoleBoxes(made.subs, address, row);
    moreCell(made, address, row);
    for (const [key, list] of Object.entries(made.saids)) {
      const items = cells.get(`${address} ${key}`) ?? [];
      sayIn(list, items);
      const wrong = items.some((item) => item.level === "error");
      const field = key === "role" ? made.role : key === "more" ? made.more.querySelector("input,select") : null;
      if (field && wrong !== field.hasAttribute("aria-invalid")) {
        if (wrong) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
      }
    }
    for (const field of made.row.querySelectorAll("select,input:not([data-chosen])")) if (field.disabled === readable) field.disabled = !readable;
  }
  sayIn(find("order-loose"), [...findings, ...openAdvice()].filter((item) => !item.cells.length));
  editor.setFindings(findings.filter((item) => !item.file || item.file === find("order-name").value));
  variablesEditor?.setFindings(findings.filter((item) => item.file?.startsWith("variables.")));
  vbcTable();
  if (!board.hidden) boardShown();
  summed();
  filtered();
}

function summed() {
  const errors = findings.filter((item) => item.level === "error").length;
  const warnings = findings.filter((item) => item.level === "warning").length;
  const parts = [];
  if (!readable) parts.push(gettext("The YAML cannot be read: the table shows its last readable version."));
  else if (!order.nodes.length) parts.push(interpolate(ngettext("%(n)s node can be chosen.", "%(n)s nodes can be chosen.", names.length), { n: names.length }));
  else {
    const roles = Object.entries(summary.roles ?? {}).map(([role, n]) => `${n} ${role}`).join(", ");
    parts.push(interpolate(ngettext("%(n)s node: %(roles)s.", "%(n)s nodes: %(roles)s.", order.nodes.length), { n: order.nodes.length, roles }));
    if (summary.vbc?.length) parts.push(interpolate(ngettext("%(n)s VBC is added.", "%(n)s VBCs are added.", summary.vbc.length), { n: summary.vbc.length }));
    if (summary.formats) parts.push(interpolate(ngettext("%(n)s disk is formatted.", "%(n)s disks are formatted.", summary.formats), { n: summary.formats }));
  }
  if (order.nodes.length || !readable) {
    parts.push(errors ? interpolate(ngettext("✕ %(n)s error.", "✕ %(n)s errors.", errors), { n: errors }) : gettext("✓ No error."));
    if (warnings) parts.push(interpolate(ngettext("! %(n)s warning.", "! %(n)s warnings.", warnings), { n: warnings }));
  }
  const text = parts.join(" ");
  if (find("order-sum").textContent !== text) find("order-sum").textContent = text;
}

function vbcTable() {
  const place = find("order-vbc");
  if (place.contains(document.activeElement)) return;
  place.replaceChildren();
  if (!order.vbc.length) return;
  const table = make("table", { className: "con-table con-order-vbc" });
  const head = [gettext("VBC"), gettext("Hypers"), gettext("Network"), gettext("VIP|Master")];
  table.append(make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { text })))));
  const rowsOf = make("tbody");
  for (const [index, group] of order.vbc.entries()) {
    const field = (key, text) => {
      const input = make("input", { type: "text", spellcheck: "false", value: group[key], "aria-label": interpolate(gettext("%(field)s of VBC %(number)s"), { field: text, number: index + 1 }) });
      input.addEventListener("input", () => change(withVbcText(order, index, key, input.value)));
      return make("td", {}, input);
    };
    rowsOf.append(make("tr", {}, make("th", { text: String(index + 1) }), make("td", { text: group.mgmt_ips.map(label).join(", ") }), field("ipv4_vbc", head[2]), field("ipv4_vip", head[3])));
  }
  table.append(rowsOf);
  place.append(table);
}

function filtered() {
  const wanted = find("order-filter").value.trim().toLowerCase();
  for (const [address, made] of rows) {
    const role = rowOf(order, address)?.role ?? "";
    const hidden = Boolean(wanted) && !`${made.text} ${role}`.includes(wanted);
    if (made.row.hidden !== hidden) made.row.hidden = hidden;
    const empty = hidden || !Object.values(made.saids).some((list) => list.firstChild);
    if (made.below.hidden !== empty) made.below.hidden = empty;
    made.row.classList.toggle("con-order-open", !empty);
  }
  const chosen = chosenAddresses();
  find("order-hint").textContent = chosen.length
    ? interpolate(ngettext("%(n)s node is chosen.", "%(n)s nodes are chosen.", chosen.length), { n: chosen.length })
    : gettext("Choose nodes, then propose their roles, or choose a role for each.");
}

const chosenAddresses = () => [...rows].filter(([, made]) => made.box.checked).map(([address]) => address);

// ---- columns by role -----------------------------------------------------------------------------------------------

const LANES = ["", ...ROLES];

function boardShown() {
  // A card that is being dragged stays where it is until it is dropped.
  if (dragging) return;
  const wanted = find("order-filter").value.trim().toLowerCase();
  const focused = document.activeElement?.dataset?.card;
  const cells = byCell();
  board.replaceChildren(...LANES.map((role) => {
    const cards = [...rows.keys()].filter((address) => (rowOf(order, address)?.role ?? "") === role).filter((address) => !wanted || rows.get(address).text.includes(wanted));
    const title = make("h3", {}, role || gettext("no role"), make("span", { className: "con-dim", text: String(cards.length) }));
    const lane = make("div", { className: "con-order-lane", role: "group", "aria-label": role || gettext("no role"), data: { lane: role } }, title);
    for (const address of cards) {
      const wrong = ["node", "role", "more"].some((key) => (cells.get(`${address} ${key}`) ?? []).some((item) => item.level === "error"));
      const about = candidates.get(address);
      const described = interpolate(gettext("%(node)s, column %(role)s. Move it with the left and right arrow keys."), { node: label(address), role: role || gettext("no role") });
      const card = make("button", { type: "button", className: `con-order-card${wrong ? " con-order-nofit" : ""}`, draggable: "true", "aria-label": described, data: { card: address } }, label(address), make("small", { text: about?.disks || address }));
      card.title = about ? about.fits.filter((fit) => fit.fits).map((fit) => fit.role).join(", ") : "";
      lane.append(card);
    }
    return lane;
  }));
  if (focused) board.querySelector(`[data-card="${CSS.escape(focused)}"]`)?.focus();
}

board.addEventListener("dragstart", (event) => {
  dragging = true;
  event.dataTransfer.setData("text/plain", event.target.dataset.card);
  event.dataTransfer.effectAllowed = "move";
});
board.addEventListener("dragover", (event) => {
  const lane = event.target.closest("[data-lane]");
  if (!lane) return;
  event.preventDefault();
  for (const other of board.children) other.classList.toggle("con-order-over", other === lane);
});
board.addEventListener("dragleave", (event) => {
  if (!board.contains(event.relatedTarget)) for (const lane of board.children) lane.classList.remove("con-order-over");
});
board.addEventListener("drop", (event) => {
  const lane = event.target.closest("[data-lane]");
  const address = event.dataTransfer.getData("text/plain");
  dragging = false;
  if (!lane || !rows.has(address)) return;
  event.preventDefault();
  setRole(address, lane.dataset.lane);
  boardShown();
});
board.addEventListener("dragend", () => {
  dragging = false;
  boardShown();
});
board.addEventListener("keydown", (event) => {
  const address = event.target.dataset?.card;
  if (!address || !event.key.startsWith("Arrow") || !readable) return;
  event.preventDefault();
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const here = LANES.indexOf(rowOf(order, address)?.role ?? "");
    const next = here + (event.key === "ArrowRight" ? 1 : -1);
    if (next >= 0 && next < LANES.length) setRole(address, LANES[next]);
  } else {
    const cards = [...event.target.parentElement.querySelectorAll("[data-card]")];
    cards[cards.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  }
});

function view(name) {
  for (const kind of ["table", "board"]) find(`view-${kind}`).setAttribute("aria-pressed", String(kind === name));
  find("order-table-box").hidden = name !== "table";
  board.hidden = name !== "board";
  document.querySelector(".con-order-cols").classList.toggle("con-order-wide", name === "board");
  find("board-hint").hidden = name !== "board";
  shown();
}

// ---- drafts --------------------------------------------------------------------------------------------------------

function later() {
  clearTimeout(saving);
  saving = setTimeout(save, SAVE_MS);
}

const unsaved = () => find("settings-text").value !== draft.settings || variables() !== draft.variables;

async function save() {
  if (!unsaved()) return;
  const values = { settings: find("settings-text").value, variables: variables(), version: draft.version };
  try {
    draft = await send(start.urls.draft, "PUT", values);
    draftShown(interpolate(gettext("Draft %(version)s saved."), { version: draft.version }));
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) {
      const again = make("button", { type: "button", className: "con-btn con-btn-small", text: gettext("Open the latest version"), on: { click: opened } });
      find("order-draft").replaceChildren(make("strong", { text: error.problem.findings?.[0]?.detail ?? error.problem.detail }), " ", again);
    } else {
      draftShown(gettext("The draft is not saved. It is tried again."));
      saving = setTimeout(save, AFTER_MS);
    }
  }
}

function draftShown(text) {
  find("order-draft").textContent = text;
  find("order-discard").hidden = !draft.version;
}

async function opened() {
  const drafts = await send(start.urls.draft, "GET");
  const mine = drafts.find((item) => item.person === start.person);
  if (mine) take(mine, mine);
}

// Show a draft; `mine`: the version that the next save replaces.
function take(found, mine) {
  draft = mine ?? { version: draft.version, settings: "", variables: "" };
  if (find("variables-text")) find("variables-text").value = found.variables;
  find("settings-text").value = found.settings;
  find("settings-text").dispatchEvent(new Event("input"));
  if (mine) draftShown(interpolate(gettext("Draft %(version)s is open."), { version: mine.version }));
}

function othersShown(drafts) {
  for (const other of drafts.filter((item) => item.person !== start.person && item.settings.trim())) {
    const at = new Date(other.updated_at).toLocaleString();
    const text = interpolate(gettext("%(person)s has a draft for this zone, saved at %(at)s."), { person: other.person, at });
    const open = make("button", { type: "button", className: "con-btn con-btn-small", text: gettext("Continue it here"), on: { click: () => {
      if (!find("settings-text").value.trim() || confirm(gettext("Replace what is on this page with that draft?"))) take(other, null);
    } } });
    find("order-others").append(make("p", { className: "con-note" }, text, " ", open));
  }
}

// ---- begin ---------------------------------------------------------------------------------------------------------

const addresses = () => names.map((address) => [address, candidates.get(address)?.hostname ?? ""]);
const editor = edit(find("settings-text"), { addresses, codeUrl: start.urls.code, changed: (text) => check(() => ({ text }), TEXT_MS) });
const variablesEditor = find("variables-text") ? edit(find("variables-text"), { codeUrl: start.urls.code, changed: () => { check(() => ({ text: find("settings-text").value }), TEXT_MS); listed(TEXT_MS * 4); } }) : null;
let listing = null;

function listed(delay) {
  clearTimeout(listing);
  listing = setTimeout(() => propose([]).catch(failed), delay);
}

async function propose(chosen) {
  const found = await send(start.urls.propose, "POST", { addresses: chosen, variables: variables() });
  candidates = new Map(found.candidates.map((row) => [row.address, row]));
  names = found.candidates.map((row) => row.address);
  for (const made of rows.values()) {
    made.row.remove();
    made.below.remove();
  }
  const kept = new Set(chosenAddresses());
  rows.clear();
  if (chosen.length) {
    advice = found.advice;
    // What the table does not show stays as it was.
    order = { ...found.order, kept: order.kept, remarks: order.remarks };
    check(() => ({ order }), 0);
  }
  if (found.more) advice = [...advice.filter((item) => item.code), { code: "", level: "info", cells: [], detail: interpolate(gettext("%(n)s more nodes are available: name them in the YAML."), { n: found.more }) }];
  if (!Object.keys(summary).length) summary = found.summary;
  shown();
  for (const address of kept) if (rows.has(address)) rows.get(address).box.checked = true;
  filtered();
}

find("order-propose").addEventListener("click", async (event) => {
  const chosen = chosenAddresses();
  if (!chosen.length) {
    tell(gettext("Choose nodes first: tick them in the table."));
    return;
  }
  if (order.nodes.length && !confirm(gettext("Replace the roles in the table with the proposal?"))) return;
  event.target.disabled = true;
  try {
    await propose(chosen);
  } catch (error) {
    failed(error);
  }
  event.target.disabled = false;
});
find("order-all").addEventListener("change", (event) => {
  for (const made of rows.values()) if (!made.row.hidden) made.box.checked = event.target.checked;
  filtered();
});
body.addEventListener("change", (event) => { if (event.target.dataset.chosen) filtered(); });
find("order-filter").addEventListener("input", () => { filtered(); if (!board.hidden) boardShown(); });
find("view-table").addEventListener("click", () => view("table"));
find("view-board").addEventListener("click", () => view("board"));
find("order-discard").addEventListener("click", async () => {
  if (!confirm(gettext("Discard your draft and empty the table?"))) return;
  await send(start.urls.draft, "DELETE");
  clearTimeout(saving);
  draft = { version: 0, settings: "", variables: variables() };
  find("settings-text").value = "";
  advice = [];
  find("settings-text").dispatchEvent(new Event("input"));
  draftShown(gettext("The draft is discarded."));
});
find("order-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  find("settings-text").value = await file.text();
  event.target.value = "";
  find("settings-text").dispatchEvent(new Event("input"));
});
let leaving = false;
find("order-form").addEventListener("submit", () => { leaving = true; save(); });
addEventListener("beforeunload", (event) => { if (!leaving && unsaved() && find("settings-text").value.trim()) event.preventDefault(); });

async function begin() {
  fetch(start.urls.settings).then((answer) => answer.json()).then((schema) => editor.setSchema(schema)).catch(() => {});
  if (variablesEditor) fetch(start.urls.variables).then((answer) => answer.json()).then((schema) => variablesEditor.setSchema(schema)).catch(() => {});
  const drafts = await send(start.urls.draft, "GET");
  const mine = drafts.find((item) => item.person === start.person);
  if (mine) draft = mine;
  const text = start.given ? start : mine;
  if (find("variables-text")) {
    find("variables-text").value = text?.variables ?? "";
    find("order-variables").open = !find("variables-text").value.trim();
  }
  editor.setText(text?.settings ?? "");
  variablesEditor?.setText(find("variables-text").value);
  othersShown(drafts);
  if (mine && !start.given) draftShown(interpolate(gettext("Draft %(version)s is open."), { version: mine.version }));
  if (!start.is_new || variables().trim()) await propose([]);
  else tell(gettext("Fill in the variables of the new zone first."));
  if (text?.settings?.trim()) check(() => ({ text: find("settings-text").value }), 0);
}

begin().catch(failed);
