// Nodes × phases, folded by state, failed first. Rows are changed in place: what is being read, opened or focused stays.

import { el, look } from "./looks.js";
import { Roving } from "./roving.js";
import { rackOf } from "./strip.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const INSTALLER = gettext("installer");
// Nodes of a job that are all shown without folding, and of an equal error.
const FEW = 16;
const FEW_ALIKE = 8;

// In this order; within a group, nodes stay in the order of the job.
const GROUPS = [
  ["failed", gettext("Failed (%(number)s)")],
  ["cancelled", gettext("Cancelled (%(number)s)")],
  ["running", gettext("Running (%(number)s)")],
  ["pending", gettext("Waiting (%(number)s)")],
  ["skipped", gettext("Not finished (%(number)s)")],
  ["succeeded", gettext("Done (%(number)s)")],
];

const ORDER = GROUPS.map(([state]) => state);

// Failed first.
export function rankOf(node) {
  return ORDER.indexOf(node.status);
}

// Phases count what failed, was cancelled and was skipped as one: only the first of them can have failed.
function stateOf(row, status) {
  if (row.running) return "running";
  if (!row.failed) return row.done === row.total ? "succeeded" : "pending";
  if (status.status === "cancelled") return "cancelled";
  return status.phases.find((phase) => phase.failed) === row ? "failed" : "skipped";
}

function installerRow(status) {
  const ofNodes = new Set(status.nodes.flatMap((node) => Object.keys(node.phases)));
  const own = status.phases.filter((phase) => !ofNodes.has(phase.phase));
  if (!own.length) return null;
  const phases = {};
  for (const row of own) phases[row.phase] = stateOf(row, status);
  const worst = ["failed", "running", "cancelled"].find((state) => Object.values(phases).includes(state));
  return { node_id: "", mgmt_address: INSTALLER, status: worst ?? "", phases, phase: "", step: "", error: "", attempts: 0 };
}

export class Grid {
  constructor(table, names, causes, onNode) {
    Object.assign(this, { table, causes, onNode });
    this.hostNames = names;
    this.rows = new Map();
    this.groups = new Map();
    this.opened = new Map();
    this.byRack = false;
    this.chosen = "";
    this.roving = new Roving(table, ".con-rove");
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("tr[data-node] .con-cell, .con-nodebtn");
      if (cell) this.onNode(cell.closest("tr").dataset.node);
    });
  }

  show(status) {
    this.status = status;
    const names = status.phases.map((phase) => phase.phase);
    if (this.names?.join() !== names.join()) this.begin(names);
    this.heads(status);
    const own = installerRow(status);
    if (own) this.fill(own);
    for (const node of status.nodes) this.fill(node);
    this.arrange();
  }

  begin(names) {
    this.names = names;
    this.rows.clear();
    this.groups.clear();
    const head = el("tr");
    const corner = el("th", "con-corner", gettext("node"));
    corner.scope = "col";
    head.append(corner);
    this.headCells = new Map(names.map((name) => {
      const cell = el("th", "con-phase");
      cell.scope = "col";
      cell.append(el("span", "", name), el("small", "con-num"));
      head.append(cell);
      return [name, cell];
    }));
    const top = el("thead");
    top.append(head);
    this.own = el("tbody");
    this.table.replaceChildren(top, this.own);
  }

  heads(status) {
    for (const phase of status.phases) {
      const failed = status.nodes.filter((node) => node.phases[phase.phase] === "failed").length;
      const parts = [`${phase.done}/${phase.total}`];
      if (failed) parts.push(interpolate(ngettext("%(number)s failed", "%(number)s failed", failed), { number: failed }));
      if (phase.running && phase.time_left) parts.push(phase.time_left.text);
      const text = parts.join(" · ");
      const small = this.headCells.get(phase.phase).lastChild;
      if (small.textContent !== text) small.textContent = text;
    }
  }

  fill(node) {
    const key = node.node_id || INSTALLER;
    let row = this.rows.get(key);
    if (!row) {
      row = this.newRow(node);
      this.rows.set(key, row);
    }
    const again = node.attempts > 1 ? ` ×${node.attempts}` : "";
    if (row.again.textContent !== again) row.again.textContent = again;
    for (const name of this.names) this.cell(row.cells.get(name), node, name);
  }

  newRow(node) {
    const line = el("tr");
    const name = el("th", "con-node");
    name.scope = "row";
    const again = el("span", "con-dim");
    if (node.node_id) {
      line.dataset.node = node.mgmt_address;
      const button = el("button", "con-nodebtn con-rove", node.mgmt_address);
      button.type = "button";
      button.tabIndex = -1;
      button.title = gettext("Show only the log of this node");
      again.title = gettext("attempts");
      name.append(button, again, el("span", "con-host", this.hostNames[node.node_id] ?? ""));
    } else {
      name.append(el("span", "con-nodebtn con-dim", INSTALLER), again);
    }
    line.append(name);
    const cells = new Map(this.names.map((phase) => {
      const cell = el("td", "con-cell");
      line.append(cell);
      return [phase, cell];
    }));
    return { line, cells, again };
  }

  cell(cell, node, phase) {
    const state = node.phases[phase];
    const here = node.phase === phase;
    const [tone, symbol, word] = state ? look(state) : ["none", "", ""];
    const detail = here && node.step && (state === "running" || state === "failed") ? node.step : word;
    const text = state ? `${symbol} ${detail}` : "";
    const error = here && state !== "succeeded" ? node.error : "";
    const title = state ? `${node.mgmt_address} · ${phase}: ${word}${error ? `\n${error}` : ""}` : "";
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.title !== title) cell.title = title;
    const tones = `con-cell con-${tone}`;
    if (cell.className !== tones) cell.className = tones;
  }

  // Groups in their order, each with its nodes and, under the nodes, why they failed.
  arrange() {
    const { nodes } = this.status;
    const own = this.rows.get(INSTALLER);
    put(this.own, own ? [own.line] : []);
    const groups = this.byRack ? this.racks(nodes) : this.states(nodes);
    for (const [key, group] of this.groups) if (!groups.some((one) => one.key === key)) group.body.hidden = true;
    let last = this.own;
    for (const { key, title, mine, open } of groups) {
      const group = this.group(key);
      const isOpen = this.opened.get(key) ?? open;
      if (group.title.textContent !== title) group.title.textContent = title;
      group.head.setAttribute("aria-expanded", String(isOpen));
      group.body.hidden = false;
      put(group.body, [group.line, ...(isOpen ? this.lines(mine) : [])]);
      if (last.nextElementSibling !== group.body) last.after(group.body);
      last = group.body;
    }
    for (const [key, row] of this.rows) {
      const chosen = key !== INSTALLER && row.line.dataset.node === this.chosen && Boolean(this.chosen);
      row.line.classList.toggle("con-chosen", chosen);
    }
    this.roving.tidy();
  }

  states(nodes) {
    return GROUPS.flatMap(([state, title]) => {
      const mine = nodes.filter((node) => node.status === state);
      if (!mine.length) return [];
      const open = state === "failed" || nodes.length <= FEW;
      return [{ key: state, title: interpolate(title, { number: mine.length }), mine, open }];
    });
  }

  racks(nodes) {
    const found = new Map();
    for (const node of nodes) {
      const rack = rackOf(this.hostNames[node.node_id]);
      found.set(rack, [...(found.get(rack) ?? []), node]);
    }
    return [...found].sort(([one], [other]) => one.localeCompare(other)).map(([rack, mine]) => {
      const counts = GROUPS.flatMap(([state]) => {
        const number = mine.filter((node) => node.status === state).length;
        return number ? [`${look(state)[1]} ${number} ${look(state)[2]}`] : [];
      });
      const text = rack ? gettext("Rack %(rack)s: %(states)s") : gettext("Without a rack: %(states)s");
      mine.sort((one, other) => rankOf(one) - rankOf(other));
      const open = mine.some((node) => node.status === "failed") || nodes.length <= FEW;
      return { key: `rack ${rack}`, title: interpolate(text, { rack, states: counts.join(", ") }), mine, open };
    });
  }

  group(key) {
    let group = this.groups.get(key);
    if (group) return group;
    const body = el("tbody", "con-group");
    const line = el("tr");
    const cell = el("th", "con-grouphead");
    cell.colSpan = this.names.length + 1;
    cell.scope = "rowgroup";
    const head = el("button", "con-groupbtn con-rove");
    head.type = "button";
    head.tabIndex = -1;
    const title = el("span");
    head.append(title);
    head.addEventListener("click", () => {
      this.opened.set(key, head.getAttribute("aria-expanded") !== "true");
      this.arrange();
    });
    cell.append(head);
    line.append(cell);
    body.append(line);
    group = { body, line, head, title };
    this.groups.set(key, group);
    return group;
  }

  // Nodes with the same error follow each other, under it; a single one has it under itself.
  lines(mine) {
    const done = new Set();
    const lines = [];
    for (const node of mine) {
      if (done.has(node.node_id)) continue;
      const cause = this.causes.byNode.get(node.node_id);
      const alike = cause && cause.nodes.length > 1 ? mine.filter((other) => this.causes.byNode.get(other.node_id) === cause) : [node];
      for (const other of alike) done.add(other.node_id);
      const rows = alike.map((other) => this.rows.get(other.node_id).line);
      if (!cause?.row) {
        lines.push(...rows);
        continue;
      }
      cause.row.wide.colSpan = this.names.length + 1;
      if (cause.nodes.length === 1) lines.push(...rows, cause.row);
      else lines.push(cause.row, ...this.alike(cause, rows));
    }
    return lines;
  }

  alike(cause, rows) {
    if (rows.length <= FEW_ALIKE) return rows;
    const open = this.opened.get(cause.key) ?? false;
    if (!cause.row.toggle) {
      const toggle = el("button", "con-groupbtn con-rove");
      toggle.type = "button";
      toggle.tabIndex = -1;
      toggle.addEventListener("click", () => {
        this.opened.set(cause.key, !(this.opened.get(cause.key) ?? false));
        this.arrange();
      });
      cause.row.wide.append(toggle);
      cause.row.toggle = toggle;
    }
    const { toggle } = cause.row;
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = interpolate(ngettext("%(number)s node with this error", "%(number)s nodes with this error", rows.length), { number: rows.length });
    return open ? rows : [];
  }

  choose(node) {
    this.chosen = node;
    if (this.status) this.arrange();
  }

  groupBy(rack) {
    this.byRack = rack;
    this.arrange();
  }
}

// Make these the rows of a body; those that are in their place are not touched, so that the focus stays.
function put(body, lines) {
  const wanted = new Set(lines);
  for (const line of [...body.children]) if (!wanted.has(line)) line.remove();
  lines.forEach((line, place) => {
    if (body.children[place] !== line) body.insertBefore(line, body.children[place] ?? null);
  });
}
