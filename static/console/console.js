// What every page uses: dialogs, confirmations, copying, coloured diffs. No inline handlers anywhere.

import { gettext, interpolate } from "./texts.js";

function opened(dialog) {
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("console:open"));
}

async function copied(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without https the clipboard is closed to scripts: select the text and use the old command.
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
  const before = button.textContent;
  button.textContent = gettext("Copied");
  setTimeout(() => { button.textContent = before; }, 1500);
}

const MARKS = { "+": "con-add", "-": "con-del", "@": "con-hunk" };

// The server sends a diff as plain text; each line gets its colour when it is opened.
function coloured(pre) {
  if (pre.dataset.done) return;
  pre.dataset.done = "1";
  const lines = pre.textContent.replace(/\n$/, "").split("\n");
  const all = document.createDocumentFragment();
  for (const line of lines) {
    if (line.startsWith("--- ") || line.startsWith("+++ ")) continue;
    const row = document.createElement("span");
    row.className = MARKS[line[0]] ?? "con-ctx";
    row.textContent = line || " ";
    all.append(row);
  }
  pre.replaceChildren(all);
}

function colouredIn(details) {
  if (details.open) details.querySelectorAll("pre.con-diff").forEach(coloured);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open],[data-close],[data-copy],[data-all]");
  if (!button) return;
  if (button.dataset.open) opened(document.getElementById(button.dataset.open));
  else if (button.dataset.copy) copied(button);
  else if (button.dataset.all) {
    document.querySelectorAll(button.dataset.all).forEach((item) => {
      if (!item.hidden) item.open = button.dataset.state === "open";
    });
  } else button.closest("dialog").close();
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    return;
  }
  // A second click while the first is on its way would send the verb twice.
  if (event.target.method === "post") {
    setTimeout(() => event.target.querySelectorAll("button:not([type=button])").forEach((b) => { b.disabled = true; }));
  }
});

// Files of a plan with thousands of nodes come when they are opened.
async function loaded(details) {
  if (!details.open || details.dataset.loaded) return;
  details.dataset.loaded = "1";
  const pre = details.querySelector("pre");
  pre.textContent = "…";
  try {
    const answer = await fetch(details.dataset.src);
    pre.textContent = answer.ok ? await answer.text() : interpolate(gettext("The file could not be loaded (HTTP status %(status)s)."), { status: answer.status });
  } catch {
    pre.textContent = gettext("The console does not answer. Close the file and open it again.");
    delete details.dataset.loaded;
    return;
  }
  colouredIn(details);
}

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.con-file")) return;
  if (event.target.dataset.src) loaded(event.target);
  else colouredIn(event.target);
}, true);

// Pieces of a page that take longer than the page may.
document.querySelectorAll("[data-load]").forEach(async (place) => {
  const answer = await fetch(place.dataset.load).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
});

document.querySelectorAll("details.con-file[open]").forEach(colouredIn);

// Choosing in a [data-submit] field sends its form, such as the syntax of the return routes.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});

const filter = document.querySelector("[data-filter-files]");
filter?.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  const kinds = new Set([...document.querySelectorAll("[data-kind]:checked")].map((box) => box.dataset.kind));
  let shown = 0;
  document.querySelectorAll("details.con-file:not([data-fold])").forEach((item) => {
    item.hidden = !kinds.has(item.dataset.status) || !item.dataset.path.toLowerCase().includes(wanted);
    shown += item.hidden ? 0 : 1;
  });
  document.getElementById("files-shown").textContent = String(shown);
});
document.querySelectorAll("[data-kind]").forEach((box) => {
  box.addEventListener("change", () => filter.dispatchEvent(new Event("input")));
});

// A chosen file goes into the text area, where it can be read and edited before it is sent.
document.querySelectorAll("input[type=file][data-into]").forEach((input) => {
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return; // not UTF-8: it is sent as it is, and the findings say so
    }
    const area = document.getElementById(`${input.dataset.into}-text`);
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById(`${input.dataset.into}-name`).value = file.name;
    input.value = "";
  });
});

// What was typed before the session ended comes back into its fields (kept_text.py); nothing is sent.
const kept = document.getElementById("kept-text");
for (const [name, values] of Object.entries(kept ? JSON.parse(kept.textContent) : {})) {
  for (const field of document.querySelectorAll(`form [name="${CSS.escape(name)}"]`)) {
    if (["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[values.length - 1];
  }
}
