// What failed, under the node: the cause, what to do, the last lines, and what can be done here. Equal errors stand once.

import { el } from "./looks.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const LAST_LINES = 4;
// The last lines of so many errors are fetched without being asked for.
const AT_ONCE = 3;

// A sentence of the server in pieces: text, links to pages, commands.
function sentence(pieces) {
  return pieces.map((piece) => {
    if (piece.url) {
      const link = el("a", piece.code ? "con-code" : "con-link", piece.text);
      link.href = piece.url;
      if (piece.title) link.title = piece.title;
      return link;
    }
    return piece.command ? el("code", "", piece.text) : piece.text;
  });
}

export class Causes {
  constructor({ may, lastLines, onLog, onResume }) {
    Object.assign(this, { may, lastLines, onLog, onResume });
    this.rows = new Map();
    this.byNode = new Map();
    this.list = [];
  }

  update(list, nodes) {
    this.list = list;
    this.byNode.clear();
    const known = new Map(nodes.map((node) => [node.node_id, node]));
    const kept = new Map();
    list.forEach((cause, place) => {
      for (const node of cause.nodes) this.byNode.set(node, cause);
      const key = `${cause.key} ${cause.nodes.join()}`;
      const row = this.rows.get(key) ?? this.newRow(cause, cause.nodes.map((node) => known.get(node)).filter(Boolean), place);
      kept.set(key, row);
      cause.row = row;
    });
    this.rows = kept;
  }

  newRow(cause, nodes, place) {
    const row = el("tr", "con-cause");
    const cell = el("td");
    const text = el("p", "con-causetext");
    if (nodes.length > 1) text.append(el("strong", "con-num", `${nodes.length}×`), " ");
    text.append(...sentence(cause.detail));
    cell.append(text);
    if (cause.remedy.length) {
      const remedy = el("p", "con-remedy");
      remedy.append("→ ", ...sentence(cause.remedy));
      cell.append(remedy);
    }
    const tail = el("pre", "con-tail");
    tail.hidden = true;
    cell.append(this.buttons(nodes, tail), tail);
    row.append(cell);
    row.wide = cell;
    if (place < AT_ONCE) this.fetchTail(nodes[0], tail);
    return row;
  }

  buttons(nodes, tail) {
    const line = el("p", "con-causebuttons");
    const [first] = nodes;
    const addresses = nodes.map((node) => node.mgmt_address);
    line.append(
      this.button(interpolate(gettext("Log of %(node)s"), { node: first.mgmt_address }), () => this.onLog(first.mgmt_address)),
      this.button(gettext("Last lines"), () => this.fetchTail(first, tail)),
    );
    const { may } = this;
    if (may.run && may.resume) {
      const text = ngettext("Resume this node…", "Resume these %(number)s nodes…", nodes.length);
      const resume = this.button(interpolate(text, { number: nodes.length }), () => this.onResume(addresses));
      resume.classList.add("con-whenover");
      line.append(resume);
    }
    if (may.run && may.leave_out_url) {
      const link = el("a", "con-btn con-btn-small", gettext("Leave out…"));
      link.href = `${may.leave_out_url}?${new URLSearchParams(addresses.map((address) => ["address", address]))}`;
      line.append(link);
    }
    const erase = document.getElementById("erase-form");
    if (erase) {
      line.append(this.button(gettext("Erase data disks…"), () => {
        erase.elements.nodes.value = nodes.map((node) => node.node_id).join(" ");
        erase.querySelectorAll("[name=address]").forEach((field) => field.remove());
        for (const address of addresses) {
          const field = el("input");
          Object.assign(field, { type: "hidden", name: "address", value: address });
          erase.append(field);
        }
        erase.requestSubmit();
      }));
    }
    return line;
  }

  button(text, act) {
    const button = el("button", "con-btn con-btn-small", text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  async fetchTail(node, tail) {
    if (!tail.hidden) {
      tail.hidden = true;
      return;
    }
    tail.hidden = false;
    tail.textContent = "…";
    try {
      const lines = await this.lastLines(node.mgmt_address, LAST_LINES);
      tail.textContent = lines.length === 0 ? gettext("This node has no lines yet.") : lines.map((event) => event.line).join("\n");
      tail.scrollTop = tail.scrollHeight;
    } catch {
      tail.textContent = gettext("The console does not answer.");
    }
  }
}
