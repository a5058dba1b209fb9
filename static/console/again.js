// A page whose element #again is fetched again every few seconds; what the user opened or closed stays so.

import { gettext } from "./texts.js";

const ROUND_MS = 3000;
const HIDDEN_MS = 15000;

async function round() {
  const link = document.getElementById("again-link");
  let over = false;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Console-Poll": "1" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("again");
    if (!fresh) throw new Error("signed out, or the page is gone");
    const here = document.getElementById("again");
    for (const known of here.querySelectorAll("details[id]")) {
      const again = fresh.querySelector(`#${CSS.escape(known.id)}`);
      if (again) again.open = known.open;
    }
    // Text that a person has selected to copy is left alone until the next round.
    if (getSelection().isCollapsed) {
      here.replaceWith(fresh);
      over = "over" in fresh.dataset;
    }
    link.textContent = over ? "" : gettext("Live.");
  } catch {
    link.textContent = gettext("The console does not answer. Retrying. If you are signed out, reload the page.");
  }
  if (!over) setTimeout(round, document.hidden ? HIDDEN_MS : ROUND_MS);
}

if (!("over" in document.getElementById("again").dataset)) setTimeout(round, ROUND_MS);
