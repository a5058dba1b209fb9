// Resuming a job: which nodes, from which phase, and what will run again.

import { el, look } from "./looks.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const NAMED = 4;

// By phase: on which of the chosen nodes it runs, on how many it stays done, and whether the installer runs it itself.
export function whatRuns(status, chosen, fromPhase) {
  const all = !chosen.size;
  const from = status.phases.findIndex((phase) => phase.phase === fromPhase);
  return status.phases.map(({ phase, done, total }, place) => {
    const repeated = from >= 0 && place >= from;
    const here = status.nodes.filter((node) => node.phases[phase]);
    const succeeded = here.filter((node) => node.phases[phase] === "succeeded");
    const runs = here.filter((node) => (all || chosen.has(node.mgmt_address)) && (repeated || node.phases[phase] !== "succeeded"));
    const stays = succeeded.filter((node) => !runs.includes(node)).length;
    // Steps without a node are the installer's.
    const own = total - here.length;
    const ownDone = done - succeeded.length;
    return { phase, runs, stays, own: own > 0 && (repeated || ownDone < own), ownStays: own > 0 && !repeated && ownDone === own };
  });
}

function named(nodes) {
  const names = nodes.slice(0, NAMED).map((node) => node.mgmt_address).join(", ");
  if (nodes.length <= NAMED) return names;
  const text = ngettext("%(names)s and %(number)s more", "%(names)s and %(number)s more", nodes.length - NAMED);
  return interpolate(text, { names, number: nodes.length - NAMED });
}

function nodesText(number) {
  return interpolate(ngettext("%(number)s node", "%(number)s nodes", number), { number });
}

export class Resume {
  constructor(dialog, statusNow) {
    Object.assign(this, { dialog, statusNow });
    this.list = dialog.querySelector("#resume-nodes");
    this.plan = dialog.querySelector("#resume-plan");
    this.chosen = [];
    dialog.addEventListener("console:open", () => this.begin());
    dialog.addEventListener("change", () => this.preview());
    dialog.addEventListener("close", () => { this.chosen = []; });
  }

  // With these nodes ticked.
  open(addresses) {
    this.chosen = addresses;
    this.dialog.showModal();
    this.begin();
  }

  begin() {
    const left = this.statusNow().nodes.filter((node) => node.status !== "succeeded");
    // Those that were chosen, or failed, are seen without scrolling.
    const rank = (node) => (this.chosen.includes(node.mgmt_address) ? 0 : node.status === "failed" ? 1 : 2);
    left.sort((one, other) => rank(one) - rank(other));
    this.list.hidden = left.length === 0;
    this.list.replaceChildren(this.list.firstElementChild, ...left.map((node) => {
      const label = el("label", "con-check");
      const box = el("input");
      Object.assign(box, { type: "checkbox", name: "address", value: node.mgmt_address, checked: this.chosen.includes(node.mgmt_address) });
      label.append(box, ` ${node.mgmt_address} `, el("span", "con-dim", look(node.status)[2]));
      return label;
    }));
    this.preview();
  }

  preview() {
    const status = this.statusNow();
    const chosen = new Set([...this.list.querySelectorAll(":checked")].map((box) => box.value));
    const phases = whatRuns(status, chosen, this.dialog.querySelector("[name=from_phase]").value);
    const rows = phases.map(({ phase, runs, stays, own, ownStays }) => {
      const row = el("tr");
      const again = [own ? gettext("installer") : "", runs.length ? `${nodesText(runs.length)}: ${named(runs)}` : ""].filter(Boolean);
      const done = [ownStays ? gettext("installer") : "", stays ? nodesText(stays) : ""].filter(Boolean);
      const name = el("th", "", phase);
      name.scope = "row";
      row.append(name, el("td", again.length ? "con-runs" : "con-dim", again.join("; ") || "–"), el("td", "con-dim", done.join("; ") || "–"));
      return row;
    });
    this.plan.tBodies[0].replaceChildren(...rows);
    const others = status.nodes.filter((node) => node.status !== "succeeded" && chosen.size && !chosen.has(node.mgmt_address)).length;
    const note = this.dialog.querySelector("#resume-others");
    note.hidden = !others;
    note.textContent = interpolate(ngettext(
      "%(number)s other unfinished node stays as it is.", "%(number)s other unfinished nodes stay as they are.", others,
    ), { number: others });
  }
}
