// One small square for each node, in the order of the job and by rack: which of two hundred failed, at one look.

import { el, look } from "./looks.js";
import { Roving } from "./roving.js";
import { gettext, interpolate } from "./texts.js";

// Racks are told by host names such as pek3cr01n02; a few of them make a place easier to find.
export function rackOf(name) {
  return /^(.*r\d+)n\d+$/i.exec(name ?? "")?.[1] ?? "";
}

export class Strip {
  constructor(place, names, onNode) {
    Object.assign(this, { place, names, onNode });
    this.squares = new Map();
    this.roving = new Roving(place, ".con-square", "both");
    place.addEventListener("click", (event) => this.pressed(event));
    place.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      this.pressed(event);
      event.preventDefault();
    });
  }

  pressed(event) {
    const square = event.target.closest(".con-square");
    if (square) this.onNode(square.dataset.node);
  }

  show(nodes) {
    if (this.squares.size !== nodes.length || !nodes.every((node) => this.squares.has(node.node_id))) this.begin(nodes);
    for (const node of nodes) {
      const [tone, symbol, word] = look(node.status);
      const square = this.squares.get(node.node_id);
      const names = `con-square con-${tone}`;
      if (square.className !== names) square.className = names;
      if (square.textContent !== symbol) square.textContent = symbol;
      const values = { node: [node.mgmt_address, this.names[node.node_id]].filter(Boolean).join(" "), state: word, phase: node.phase };
      const text = node.phase && node.status !== "succeeded"
        ? interpolate(gettext("%(node)s: %(state)s, phase %(phase)s"), values) : interpolate(gettext("%(node)s: %(state)s"), values);
      if (square.title !== text) {
        square.title = text;
        square.setAttribute("aria-label", text);
      }
    }
    this.roving.tidy();
  }

  begin(nodes) {
    this.squares.clear();
    const racks = new Map();
    for (const node of nodes) {
      const rack = rackOf(this.names[node.node_id]);
      racks.set(rack, [...(racks.get(rack) ?? []), node]);
    }
    const labelled = racks.size > 1;
    // Where all names begin alike, the number of the rack is enough.
    const alike = new Set([...racks.keys()].map((rack) => rack.replace(/r\d+$/i, ""))).size === 1;
    this.place.replaceChildren(...[...racks].map(([rack, mine]) => {
      const group = el("div", "con-rack");
      if (labelled && rack) {
        group.setAttribute("role", "group");
        group.setAttribute("aria-label", rack);
        const label = el("span", "con-rackname", alike ? rack.replace(/^.*(?=r\d+$)/i, "") : rack);
        label.setAttribute("aria-hidden", "true");
        group.append(label);
      } else {
        group.setAttribute("role", "presentation");
      }
      for (const node of mine) {
        const square = el("span", "con-square");
        square.setAttribute("role", "option");
        square.setAttribute("aria-selected", "false");
        square.tabIndex = -1;
        square.dataset.node = node.mgmt_address;
        this.squares.set(node.node_id, square);
        group.append(square);
      }
      return group;
    }));
  }

  choose(address) {
    for (const square of this.squares.values()) square.setAttribute("aria-selected", String(square.dataset.node === address));
  }
}
