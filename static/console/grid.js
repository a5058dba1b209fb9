// Nodes × phases. Cells are changed in place: a tooltip that is being read stays.

import { el, look } from "./looks.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const INSTALLER = gettext("installer");

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
  if (!own.length) return [];
  const phases = {};
  for (const row of own) phases[row.phase] = stateOf(row, status);
  const worst = ["failed", "running", "cancelled"].find((state) => Object.values(phases).includes(state));
  return [{ node_id: "", mgmt_address: INSTALLER, status: worst ?? "", phases, phase: "", step: "", error: "", attempts: 0 }];
}

export class Grid {
  constructor(table, names, onNode) {
    this.hostNames = names;
    this.table = table;
    this.onNode = onNode;
    this.rows = new Map();
    this.problemsOnly = false;
    this.chosen = "";
    table.addEventListener("click", (event) => {
      const row = event.target.closest("tr[data-node]");
      if (row) this.onNode(row.dataset.node);
    });
  }

  show(status) {
    const names = status.phases.map((phase) => phase.phase);
    if (this.names?.join() !== names.join()) this.begin(names);
    this.heads(status);
    for (const node of [...installerRow(status), ...status.nodes]) this.node(node);
    this.filter();
  }

  begin(names) {
    this.names = names;
    this.rows.clear();
    const head = el("tr");
    head.append(el("th", "con-corner", gettext("node")));
    this.headCells = new Map(names.map((name) => {
      const cell = el("th", "con-phase");
      cell.scope = "col";
      cell.append(el("span", "", name), el("small", "con-num"));
      head.append(cell);
      return [name, cell];
    }));
    head.append(el("th", "con-phase", gettext("error")));
    const top = el("thead");
    top.append(head);
    this.body = el("tbody");
    this.table.replaceChildren(top, this.body);
  }

  heads(status) {
    for (const phase of status.phases) {
      const failed = status.nodes.filter((node) => node.phases[phase.phase] === "failed").length;
      const parts = [`${phase.done}/${phase.total}`];
      if (failed) parts.push(interpolate(ngettext("%(number)s failed", "%(number)s failed", failed), { number: failed }));
      if (phase.running && phase.time_left) parts.push(phase.time_left.text);
      this.headCells.get(phase.phase).lastChild.textContent = parts.join(" · ");
    }
  }

  node(node) {
    const key = node.node_id || INSTALLER;
    let row = this.rows.get(key);
    if (!row) {
      row = this.newRow(node);
      this.rows.set(key, row);
      this.body.append(row.line);
    }
    row.status = node.status;
    const again = node.attempts > 1 ? ` ×${node.attempts}` : "";
    if (row.again.textContent !== again) row.again.textContent = again;
    for (const name of this.names) this.cell(row.cells.get(name), node, name);
    if (row.why.textContent !== node.error) {
      row.why.textContent = node.error;
      row.why.hidden = !node.error;
    }
  }

  newRow(node) {
    const line = el("tr");
    const name = el("th", "con-node");
    name.scope = "row";
    const again = el("span", "con-dim");
    if (node.node_id) {
      line.dataset.node = node.mgmt_address;
      const button = el("button", "con-nodebtn", node.mgmt_address);
      button.type = "button";
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
    // One line each, so that many nodes fit; a click shows all of it, where it can be read and copied.
    const why = el("button", "con-errbtn");
    why.type = "button";
    why.title = gettext("Expand or collapse the error");
    why.hidden = true;
    why.setAttribute("aria-expanded", "false");
    why.addEventListener("click", () => {
      if (String(window.getSelection())) return;
      why.setAttribute("aria-expanded", String(why.getAttribute("aria-expanded") !== "true"));
    });
    const cell = el("td", "con-err");
    cell.append(why);
    line.append(cell);
    return { line, cells, again, why, status: "" };
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

  filter() {
    for (const row of this.rows.values()) {
      row.line.hidden = this.problemsOnly && !["failed", "running", "cancelled"].includes(row.status);
      row.line.classList.toggle("con-chosen", Boolean(this.chosen) && row.line.dataset.node === this.chosen);
    }
  }

  choose(node) {
    this.chosen = node;
    this.filter();
  }
}
