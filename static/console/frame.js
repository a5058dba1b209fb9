// The frame of every page: side bar, menus, light and dark, ticked rows of a list, boxes that scroll by keyboard.

import { interpolate, ngettext } from "./texts.js";

const root = document.documentElement;
const WIDE = matchMedia("(min-width: 1440px)");
const NARROW = matchMedia("(max-width: 640px)");

function kept(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Nothing is kept: the choice lasts as long as the page.
  }
}

// --- light and dark --------------------------------------------------------------------------------

function showTheme() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === (root.dataset.theme ?? "")));
  }
}

function chooseTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  kept("console-theme", theme);
  showTheme();
}

// --- side bar --------------------------------------------------------------------------------------

const toggle = document.getElementById("side-toggle");

function sideOpen() {
  if (NARROW.matches) return root.dataset.menu === "open";
  return root.dataset.side ? root.dataset.side === "open" : WIDE.matches;
}

function showSide() {
  toggle?.setAttribute("aria-expanded", String(sideOpen()));
}

toggle?.addEventListener("click", () => {
  const wanted = sideOpen() ? "shut" : "open";
  // In a narrow window the side bar lies above the page: it is open until the next page only.
  if (NARROW.matches) root.dataset.menu = wanted;
  else {
    root.dataset.side = wanted;
    kept("console-side", wanted);
  }
  showSide();
});
for (const width of [WIDE, NARROW]) width.addEventListener("change", showSide);

// --- menus -----------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (choice) chooseTheme(choice.dataset.themeChoice);
  for (const menu of document.querySelectorAll("details.con-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.con-menu[open]")) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details.con-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// --- ticked rows of a list -------------------------------------------------------------------------

const form = document.getElementById("changelist-form");
const all = document.getElementById("action-toggle");
const count = document.getElementById("action-count");

function showTicked() {
  const boxes = form.querySelectorAll("input.action-select");
  const ticked = form.querySelectorAll("input.action-select:checked").length;
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  if (count) {
    const text = ngettext("%(number)s of %(all)s selected", "%(number)s of %(all)s selected", ticked);
    count.textContent = interpolate(text, { number: ticked, all: boxes.length });
  }
}

let last = null;
form?.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("input.action-select")) return;
  // With the shift key: every row between this one and the one before.
  if (event.shiftKey && last) {
    const boxes = [...form.querySelectorAll("input.action-select")];
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
    for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
});
form?.addEventListener("change", (event) => {
  if (event.target === all) {
    for (const box of form.querySelectorAll("input.action-select")) box.checked = all.checked;
  }
  showTicked();
});
if (form) {
  // The browser brings ticks back after "back".
  addEventListener("pageshow", showTicked);
  showTicked();
}

// --- boxes that scroll -----------------------------------------------------------------------------

function reachBoxes() {
  for (const box of document.querySelectorAll(".con-scroll, .con-pre, .con-diff, .con-gridbox")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls) box.tabIndex = 0;
    else if (box.tabIndex === 0) box.removeAttribute("tabindex");
  }
}

let planned = 0;
function reachSoon() {
  planned ||= requestAnimationFrame(() => {
    planned = 0;
    reachBoxes();
  });
}
addEventListener("resize", reachSoon);
document.addEventListener("toggle", reachSoon, true);

// --- printing --------------------------------------------------------------------------------------

// Folded text is part of what is printed, except what is only fetched when it is opened.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("main details:not([open], [data-src], .con-menu)")];
  for (const details of unfolded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of unfolded) details.open = false;
});

showTheme();
showSide();
reachSoon();
