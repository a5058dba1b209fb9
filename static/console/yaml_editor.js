// A text area as an editor for YAML: line numbers, findings at their lines, completion from a JSON Schema.
// Without this module it stays what it is: a text area.

import { gettext, interpolate } from "./texts.js";

const WORD = /[A-Za-z0-9_.:/-]*$/;
const MOST = 40;
let count = 0;

// Return the path of keys around the end of `text`, and what stands there: a key, a value, or an item of a list.
export function contextAt(text) {
  const lines = text.split("\n");
  const line = lines.pop();
  const path = [];
  let limit = line.length - line.trimStart().length;
  // An item of a list may stand as far left as the key of its list.
  let item = false;
  for (let index = lines.length - 1; index >= 0 && (limit > 0 || item); index -= 1) {
    const found = /^(\s*)(-\s+)?(?:(['"]?)([^'"{}[\],#:]+(?::[^'"{}[\],#:\s]+)*)\3:(?:\s|$))?/.exec(lines[index]);
    const [, blanks, dash = "", , key] = found;
    if (!key && !dash) continue;
    const at = blanks.length + dash.length;
    if (key && (at < limit || (item && at === limit && !dash))) {
      path.unshift(key);
      limit = at;
      item = false;
    }
    if (dash && at <= limit && !item) {
      path.unshift(0);
      limit = blanks.length;
      item = true;
    }
  }
  let rest = line.trimStart();
  if (rest.startsWith("-")) {
    // The list of this item: the nearest key above at the same place or further left.
    if (path[path.length - 1] !== 0) {
      const above = contextAt([...lines, `${line.slice(0, line.indexOf("-"))} `].join("\n"));
      return within(rest.replace(/^-\s*/, ""), [...(above?.path ?? path), 0]);
    }
    rest = rest.replace(/^-\s*/, "");
  }
  return within(rest, path);
}

// Follow brackets and colons of one line.
function within(rest, path) {
  const stack = [{ kind: "block", key: null }];
  let word = "";
  let quote = "";
  for (let index = 0; index < rest.length; index += 1) {
    const char = rest[index];
    const top = stack[stack.length - 1];
    if (quote) {
      if (char === quote) quote = "";
      word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word += char;
    } else if (char === "#" && (index === 0 || rest[index - 1] === " ")) {
      return null;
    } else if (char === ":" && (index + 1 === rest.length || rest[index + 1] === " ") && top.kind !== "[") {
      top.key = word.trim().replaceAll(/['"]/g, "");
      word = "";
    } else if (char === "{" || char === "[") {
      stack.push({ kind: char, key: null });
      word = "";
    } else if (char === "}" || char === "]") {
      if (stack.length > 1) stack.pop();
      word = "";
    } else if (char === "," && top.kind !== "block") {
      if (top.kind === "{") top.key = null;
      word = "";
    } else word += char;
  }
  if (quote) return null;
  const found = [...path];
  for (const [place, part] of stack.entries()) {
    if (part.kind === "[") found.push(0);
    if (part.key !== null && place < stack.length) found.push(part.key);
  }
  const last = stack[stack.length - 1];
  return { path: found, at: last.key !== null || last.kind === "[" ? "value" : "key" };
}

// Walk the schema along a path; a number stands for any item.
export function schemaAt(schema, path) {
  let here = schema;
  for (const step of path) {
    if (!here) return null;
    if (step === 0) here = here.items ?? null;
    else if (here.properties?.[step]) here = here.properties[step];
    else if (here.patternProperties) here = Object.values(here.patternProperties)[0];
    else return null;
  }
  return here;
}

// Return what can stand at the end of `text`: [{ word, about }].
export function completions(schema, text, addresses = () => []) {
  const context = contextAt(text);
  if (!context) return [];
  const here = schemaAt(schema, context.path);
  if (!here) return [];
  let found = [];
  if (context.at === "key" && (here.properties || here.patternProperties)) {
    found = Object.entries(here.properties ?? {}).map(([key, value]) => ({ word: `${key}: `, about: aboutOf(value) }));
    if (here.patternProperties) found.push(...addresses().map(([address, about]) => ({ word: `${address}: `, about })));
  } else {
    const values = here.enum ?? (here.maximum === 1 && here.minimum === 0 ? [0, 1] : []);
    found = values.map((value) => ({ word: String(value), about: "" }));
    if (here.pattern?.startsWith("^[0-9]{1,3}")) found.push(...addresses().map(([word, about]) => ({ word, about })));
  }
  const begun = WORD.exec(text.slice(text.lastIndexOf("\n") + 1))[0];
  return found.filter((item) => item.word.startsWith(begun) && item.word.trim() !== begun).slice(0, MOST).map((item) => ({ ...item, begun }));
}

function aboutOf(schema) {
  if (schema.enum) return schema.enum.join(" | ");
  return schema.default === undefined ? "" : String(schema.default);
}

export function edit(area, { schema = null, changed = () => {}, addresses = () => [], codeUrl = null } = {}) {
  count += 1;
  const id = `con-ed-${count}`;
  const root = document.createElement("div");
  root.className = "con-ed";
  const box = document.createElement("div");
  box.className = "con-ed-box";
  const gutter = document.createElement("div");
  gutter.className = "con-ed-gutter";
  gutter.setAttribute("aria-hidden", "true");
  const pop = document.createElement("ul");
  pop.className = "con-ed-pop";
  pop.id = `${id}-pop`;
  pop.setAttribute("role", "listbox");
  pop.setAttribute("aria-label", gettext("Completions"));
  pop.hidden = true;
  const list = document.createElement("ul");
  list.className = "con-ed-list";
  list.setAttribute("aria-label", gettext("Findings in this file"));
  const measure = document.createElement("span");
  measure.className = "con-ed-measure";
  measure.textContent = "0".repeat(20);
  area.before(root);
  box.append(gutter, area);
  root.append(box, pop, list, measure);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", pop.id);

  let marks = new Map();
  let rows = 0;
  let choice = -1;
  let offered = [];

  function numbered() {
    const lines = area.value.split("\n").length;
    while (rows < lines) {
      rows += 1;
      const row = document.createElement("div");
      row.textContent = String(rows);
      gutter.append(row);
    }
    while (rows > lines) {
      gutter.lastChild.remove();
      rows -= 1;
    }
    for (const [index, row] of [...gutter.children].entries()) {
      const level = marks.get(index + 1) ?? "";
      const wanted = level ? `con-ed-${level}` : "";
      if (row.className !== wanted) row.className = wanted;
    }
    scrolled();
  }

  function scrolled() {
    gutter.scrollTop = area.scrollTop;
    const height = `${area.offsetHeight}px`;
    if (gutter.style.height !== height) gutter.style.height = height;
  }

  function goTo(line) {
    const lines = area.value.split("\n");
    const begin = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(begin, begin + (lines[line - 1] ?? "").length);
    area.scrollTop = Math.max(0, (line - 4) * 18);
    scrolled();
  }

  function setFindings(findings) {
    marks = new Map();
    list.replaceChildren();
    for (const item of findings) {
      if (!item.line) continue;
      if (item.level === "error" || !marks.has(item.line)) marks.set(item.line, item.level === "error" ? "error" : "warning");
      const row = document.createElement("li");
      row.className = `con-order-${item.level}`;
      const go = document.createElement("button");
      go.type = "button";
      go.textContent = interpolate(gettext("Line %(line)s"), { line: item.line });
      go.addEventListener("click", () => goTo(item.line));
      row.append(go, said(item, codeUrl));
      list.append(row);
    }
    numbered();
  }

  function close() {
    pop.hidden = true;
    choice = -1;
    area.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    choice = (index + offered.length) % offered.length;
    for (const [place, row] of [...pop.children].entries()) {
      row.setAttribute("aria-selected", String(place === choice));
      if (place === choice) row.scrollIntoView({ block: "nearest" });
    }
    area.setAttribute("aria-activedescendant", `${id}-${choice}`);
  }

  function take(index) {
    const { word, begun } = offered[index];
    const at = area.selectionStart;
    area.setRangeText(word, at - begun.length, at, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    if (word.endsWith(": ")) offer(true);
  }

  function offer(asked) {
    const at = area.selectionStart;
    if (!schema || at !== area.selectionEnd) return close();
    const before = area.value.slice(0, at);
    const after = area.value.slice(at, at + 1);
    if (!asked && /[A-Za-z0-9_-]/.test(after)) return close();
    offered = completions(schema, before, addresses);
    if (!offered.length) return close();
    pop.replaceChildren(...offered.map((item, index) => {
      const row = document.createElement("li");
      row.id = `${id}-${index}`;
      row.setAttribute("role", "option");
      row.textContent = item.word;
      if (item.about) {
        const about = document.createElement("span");
        about.className = "con-dim";
        about.textContent = ` ${item.about}`;
        row.append(about);
      }
      row.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
      return row;
    }));
    const lines = before.split("\n");
    const width = measure.getBoundingClientRect().width / 20;
    const column = lines[lines.length - 1].length - offered[0].begun.length;
    pop.hidden = false;
    const left = Math.min(gutter.offsetWidth + 8 + column * width - area.scrollLeft, root.clientWidth - pop.offsetWidth - 4);
    pop.style.left = `${Math.max(0, left)}px`;
    const top = lines.length * 18 + 8 - area.scrollTop;
    pop.style.top = `${top + pop.offsetHeight > area.offsetHeight && top > pop.offsetHeight ? top - 18 - pop.offsetHeight : top}px`;
    choose(0);
    return undefined;
  }

  area.addEventListener("scroll", scrolled);
  new ResizeObserver(scrolled).observe(area);
  area.addEventListener("input", (event) => {
    numbered();
    changed(area.value);
    if (event.inputType === "insertText" && /[A-Za-z_]/.test(event.data ?? "")) offer(false);
    else if (event.inputType?.startsWith("delete") && !pop.hidden) offer(false);
    else if (event.inputType) close();
  });
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      offer(true);
    } else if (pop.hidden) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(choice + (event.key === "ArrowDown" ? 1 : -1));
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      event.preventDefault();
      take(choice);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
  });

  function setText(text) {
    if (area.value === text) return;
    const [begin, end, top] = [area.selectionStart, area.selectionEnd, area.scrollTop];
    area.value = text;
    if (document.activeElement === area) area.setSelectionRange(begin, end);
    area.scrollTop = top;
    numbered();
  }

  numbered();
  return { setText, setFindings, goTo, refresh: numbered, setSchema: (made) => { schema = made; } };
}

// A finding as a sentence, its code linked to what it means.
export function said(item, codeUrl) {
  const text = document.createElement("span");
  if (codeUrl && item.code) {
    const link = document.createElement("a");
    link.href = codeUrl.replace("CODE", item.code);
    link.target = "_blank";
    link.textContent = item.code;
    text.append(link, " ");
  }
  text.append(item.detail, item.remedy ? ` → ${item.remedy}` : "");
  return text;
}
