// A page whose element #again is fetched again every few seconds; what the user opened, closed or typed stays so.

import { gettext } from "./texts.js";

// data-round of the element has other milliseconds.
const ROUND_MS = Number(document.getElementById("again").dataset.round) || 3000;
const HIDDEN_MS = 15000;
// These differ each time the page is made, whatever it says.
const TOKENS = /name="(csrfmiddlewaretoken|seen_at)" value="[^"]*"/g;
let last = "";

// Whether a person is about to send something: then the page stays as it is.
function busy(here) {
  const fields = [...here.querySelectorAll("input:not([type=hidden]), textarea, select")];
  return fields.includes(document.activeElement) || fields.some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  });
}

async function round() {
  const link = document.getElementById("again-link");
  let over = false;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Console-Poll": "1" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("again");
    if (!fresh) throw new Error("signed out, or the page is gone");
    const here = document.getElementById("again");
    const text = fresh.innerHTML.replace(TOKENS, "");
    over = "over" in fresh.dataset;
    for (const known of here.querySelectorAll("details[id]")) {
      const again = fresh.querySelector(`#${CSS.escape(known.id)}`);
      // What has become something else since is shown as the server sends it.
      if (again && again.dataset.state === known.dataset.state) again.open = known.open;
    }
    // Text that a person has selected to copy is left alone until the next round.
    if (text !== last && getSelection().isCollapsed && !busy(here)) {
      const focused = document.activeElement?.id;
      here.replaceWith(fresh);
      last = text;
      if (focused) document.getElementById(focused)?.focus();
    } else if (text !== last) over = false;
    (document.getElementById("again-link") ?? link).textContent = over ? "" : gettext("Live.");
  } catch {
    link.textContent = gettext("The console does not answer. Retrying. If you are signed out, reload the page.");
  }
  if (!over) setTimeout(round, document.hidden ? HIDDEN_MS : ROUND_MS);
}

if (!("over" in document.getElementById("again").dataset)) setTimeout(round, ROUND_MS);
