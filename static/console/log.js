// The log as a list of which only the rows in view are in the page, however many lines there are.
//
// The bar of the box stands for all lines. The line at its place (g of the way down) is shown g of the way down the box: so the
// first line is at the top and the end of the last one at the bottom, also where wrapped lines are higher than others, and
// where the whole would be higher than a browser can scroll.

import { el } from "./looks.js";
import { END } from "./lines.js";
import { clock, stamp, zoneLabel } from "./moments.js";
import { gettext, interpolate } from "./texts.js";

const MAX_PX = 8_000_000;
const BEYOND = 20;
// So few lines are all in the page, one below the other.
const FEW = 200;
const TOUCH_MS = 1000;
const TOUCHES = ["wheel", "touchmove", "pointerdown", "keydown"];

export class Log {
  constructor(box, lines, { onChange }) {
    Object.assign(this, { box, lines, onChange });
    this.wrap = false;
    this.stick = true;
    this.unseen = 0;
    this.text = "";
    this.chosen = 0;
    this.from = 0;
    this.rows = [];
    this.spare = [];
    this.touched = -TOUCH_MS;
    this.lastTop = 0;
    this.frozen = null;
    this.sizer = el("div", "con-logsize");
    this.window = el("div", "con-logrows");
    this.empty = el("p", "con-logempty", gettext("No lines yet."));
    box.replaceChildren(this.sizer, this.window, this.empty);
    for (const touch of TOUCHES) box.addEventListener(touch, () => { this.touched = performance.now(); }, { passive: true });
    box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    box.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => { this.rowHeight = 0; this.changed(); }).observe(box);
  }

  // What the lines became: other ones, some that were missing, or new ones at the end.
  update(kind, number = 0) {
    if (kind === "begin") {
      this.refill = true;
      this.frozen = null;
      this.unseen = 0;
      this.empty.textContent = this.lines.all ? gettext("No line passes the filters.") : gettext("No lines yet.");
      if (this.target) this.show(this.target);
      else if (this.stick) this.pin();
    } else if (kind === "page") {
      this.refill = true;
      if (this.target) this.show(this.target);
    } else if (number) {
      if (this.stick) this.pin();
      else this.unseen += number;
    }
    this.changed();
  }

  changed() {
    this.onChange(this);
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.draw();
    });
  }

  get height() {
    if (!this.rowHeight) {
      const probe = this.fill(el("div", "con-line"), undefined);
      this.window.append(probe);
      probe.classList.add("con-probe");
      this.rowHeight = probe.getBoundingClientRect().height || 19;
      probe.remove();
    }
    return this.rowHeight;
  }

  // Lines that came while somebody reads further up do not move what is read: where the place in the bar is not that of the
  // line, they are added when the end comes near.
  get count() {
    return this.frozen === null ? this.lines.count : Math.min(this.frozen, this.lines.count);
  }

  get few() {
    return this.lines.count <= FEW;
  }

  measure() {
    const exact = !this.wrap && this.lines.count * this.height <= MAX_PX;
    if (this.stick || exact || this.few) this.frozen = null;
    else this.frozen ??= this.lines.count;
    const whole = Math.min(this.count * this.height, MAX_PX);
    return { exact, whole, shown: this.box.clientHeight };
  }

  draw() {
    const { lines } = this;
    const focused = this.window.contains(document.activeElement);
    this.empty.hidden = lines.count > 0 || !lines.ready;
    const { exact, whole, shown } = this.measure();
    if (this.few) {
      this.sizer.style.height = "0px";
      this.window.style.transform = "";
      this.window.classList.add("con-logflow");
      this.place(0, lines.count);
      if (this.pinned) this.toBottom();
    } else {
      this.window.classList.remove("con-logflow");
      const size = `${whole}px`;
      if (this.sizer.style.height !== size) this.sizer.style.height = size;
      if (this.pinned) this.toBottom();
      const top = this.box.scrollTop;
      const way = whole > shown ? Math.min(top / (whole - shown), 1) : 0;
      const middle = way * this.count;
      const anchor = Math.min(Math.floor(middle), this.count - 1);
      const from = Math.max(anchor - Math.ceil((way * shown) / this.height) - BEYOND, 0);
      const to = Math.min(anchor + Math.ceil(((1 - way) * shown) / this.height) + BEYOND, this.count);
      this.place(from, to);
      this.window.style.transform = `translateY(${exact ? from * this.height : this.measured(top + way * shown, middle, anchor)}px)`;
    }
    this.pinned = false;
    this.focusChosen(focused);
  }

  // Where the rows begin, so that the anchor is at its place: their heights are known only now.
  measured(at, middle, anchor) {
    const row = this.rows[anchor - this.from];
    return row ? at - row.offsetTop - (middle - anchor) * row.offsetHeight : at;
  }

  toBottom() {
    this.box.scrollTop = this.box.scrollHeight;
    this.lastTop = this.box.scrollTop;
  }

  // Put the lines from..to into the rows; rows that stay are left as they are.
  place(from, to) {
    this.lines.want(from, to);
    const { rows } = this;
    if (to <= this.from || from >= this.from + rows.length) {
      this.spare.push(...rows.splice(0));
      this.from = from;
    }
    while (rows.length && this.from < from) {
      this.spare.push(rows.shift());
      this.from += 1;
    }
    while (this.from + rows.length > to) this.spare.push(rows.pop());
    if (this.refill) {
      this.refill = false;
      rows.forEach((row, place) => this.fill(row, this.lines.line(this.from + place)));
    }
    if (this.from > from) {
      const before = [];
      for (let index = from; index < this.from; index += 1) before.push(this.row(index));
      this.window.prepend(...before);
      rows.unshift(...before);
      this.from = from;
    }
    if (this.from + rows.length < to) {
      const after = [];
      for (let index = this.from + rows.length; index < to; index += 1) after.push(this.row(index));
      this.window.append(...after);
      rows.push(...after);
    }
    for (const row of this.spare) if (row.parentNode === this.window && !rows.includes(row)) row.remove();
    this.spare.length = Math.min(this.spare.length, FEW);
  }

  row(index) {
    return this.fill(this.spare.pop() ?? el("div", "con-line"), this.lines.line(index));
  }

  // Text from nodes only ever gets in as textContent.
  fill(row, event) {
    if (!row.firstChild) {
      const time = el("a", "con-t");
      time.tabIndex = -1;
      row.append(time, el("span", "con-n"), el("span", "con-p"), el("span", "con-x"));
      row.tabIndex = -1;
    }
    const [time, node, place, text] = row.children;
    if (!event) {
      row.className = "con-line con-ghost";
      row.removeAttribute("data-seq");
      row.removeAttribute("id");
      time.removeAttribute("href");
      for (const cell of row.children) cell.textContent = "";
      text.textContent = "…";
      return row;
    }
    const chosen = event.seq === this.chosen ? " con-chosenline" : "";
    row.className = `con-line con-lv-${event.level}${event.stream === "sys" ? " con-sys" : ""}${chosen}`;
    row.dataset.seq = event.seq;
    row.id = `line-${event.seq}`;
    time.textContent = clock(event.ts);
    time.href = `#line-${event.seq}`;
    time.title = interpolate(gettext("%(time)s · line %(number)s"), { time: `${stamp(event.ts)} ${zoneLabel(event.ts)}`, number: event.seq });
    node.textContent = event.node || gettext("installer");
    place.textContent = event.step || event.phase;
    place.title = [event.phase, event.step].filter(Boolean).join("/");
    this.mark(text, event.line);
    return row;
  }

  // The text that is looked for stands out.
  mark(cell, line) {
    const wanted = this.text.toLowerCase();
    const low = wanted ? line.toLowerCase() : "";
    // Capital letters may be longer or shorter than small ones: then places do not fit.
    if (!wanted || low.length !== line.length || !low.includes(wanted)) {
      cell.textContent = line;
      return;
    }
    const pieces = [];
    let begun = 0;
    for (let at = low.indexOf(wanted); at >= 0 && pieces.length < 200; at = low.indexOf(wanted, begun)) {
      pieces.push(line.slice(begun, at), el("mark", "con-mark", line.slice(at, at + wanted.length)));
      begun = at + wanted.length;
    }
    cell.replaceChildren(...pieces, line.slice(begun));
  }

  clicked(event) {
    const row = event.target.closest(".con-line");
    if (!row?.dataset.seq || String(getSelection())) return;
    this.choose(Number(row.dataset.seq));
    if (!event.target.matches(".con-t") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", `#line-${this.chosen}`);
  }

  choose(seq) {
    this.chosen = seq;
    this.wantsFocus = true;
    for (const row of this.rows) row.classList.toggle("con-chosenline", Number(row.dataset.seq) === seq);
    this.focusChosen();
  }

  // The chosen row has the focus while its rows have it; scrolled out of the page, the log itself takes it.
  focusChosen(focused = false) {
    const row = this.chosen ? this.rows.find((one) => Number(one.dataset.seq) === this.chosen) : null;
    if (row && this.wantsFocus) {
      this.wantsFocus = false;
      row.focus({ preventScroll: true });
    } else if (focused && !row?.contains(document.activeElement)) {
      this.box.focus({ preventScroll: true });
    }
  }

  // j and k: to the next line and the one before, from the chosen one or the first in view.
  step(by) {
    const { lines } = this;
    if (!lines.count) return;
    let index = this.chosen ? lines.indexOf(this.chosen) + by : this.firstInView();
    index = Math.max(0, Math.min(index, lines.count - 1));
    const line = lines.line(index);
    if (!line) return;
    this.chosen = line.seq;
    this.wantsFocus = true;
    if (by < 0) this.unstick();
    this.reveal(index);
    this.refill = true;
    this.changed();
  }

  firstInView() {
    const { top } = this.box.getBoundingClientRect();
    const row = this.rows.findIndex((one) => one.getBoundingClientRect().top >= top - 1);
    return this.from + Math.max(row, 0);
  }

  // Scroll as little as possible.
  reveal(index) {
    const row = this.rows[index - this.from];
    if (!row) {
      this.scrollTo(index);
      return;
    }
    const box = this.box.getBoundingClientRect();
    const at = row.getBoundingClientRect();
    if (at.top < box.top) this.box.scrollTop -= box.top - at.top + this.height;
    else if (at.bottom > box.bottom) this.box.scrollTop += at.bottom - box.bottom + this.height;
  }

  scrollTo(index) {
    const { whole, shown } = this.measure();
    if (this.few) {
      this.draw();
      this.rows[index]?.scrollIntoView({ block: "center" });
    } else {
      // A third from the top, where the eye looks first.
      const wanted = (index / this.count) * whole - shown / 3;
      this.box.scrollTop = Math.max(0, this.wrap || whole === MAX_PX ? (index / this.count) * (whole - shown) : wanted);
    }
    this.lastTop = this.box.scrollTop;
  }

  // Scroll to a line; true when it is there.
  show(seq) {
    this.unstick();
    const index = this.lines.indexOf(seq);
    this.refill = true;
    this.sizer.style.height = `${this.measure().whole}px`;
    this.scrollTo(index);
    const line = this.lines.line(index);
    if (line) this.target = 0;
    return line?.seq === seq;
  }

  unstick() {
    if (!this.stick) return;
    this.stick = false;
    this.onChange(this);
  }

  // Leaving the end takes a person: the browser itself moves the text too. Going on to scroll up, as with the bar, counts as
  // touching again.
  scrolled() {
    const top = this.box.scrollTop;
    const wentUp = top < this.lastTop && performance.now() - this.touched < TOUCH_MS;
    if (wentUp) this.touched = performance.now();
    this.lastTop = top;
    const toEnd = this.box.scrollHeight - top - this.box.clientHeight;
    if (this.frozen !== null && toEnd < this.box.clientHeight) this.frozen = this.lines.count;
    const atEnd = toEnd < 24 && this.frozen === null;
    const really = toEnd < 24 && this.count === this.lines.count;
    const stick = atEnd || really || (this.stick && !wentUp);
    if (stick !== this.stick) {
      this.stick = stick;
      if (stick) this.unseen = 0;
    }
    this.changed();
  }

  follow(on) {
    this.stick = on;
    if (on) {
      this.unseen = 0;
      this.target = 0;
      this.pin();
    }
    this.changed();
  }

  pin() {
    this.pinned = true;
    this.changed();
  }

  setWrap(on) {
    const index = this.firstInView();
    this.wrap = on;
    this.box.classList.toggle("con-wrap", on);
    this.rowHeight = 0;
    if (this.stick) this.pin();
    else if (!this.few) this.scrollTo(index);
    this.changed();
  }

  // Other filters: at the end again, or at the line that was chosen.
  filter(filters) {
    this.text = filters.q ?? "";
    const here = this.stick ? 0 : this.chosen || this.lines.line(this.firstInView())?.seq || 0;
    this.target = here;
    return this.lines.begin(filters, here || END);
  }

  goTo(seq) {
    this.chosen = seq;
    this.wantsFocus = true;
    if (this.lines.ready && this.lines.line(this.lines.indexOf(seq))?.seq === seq) {
      this.show(seq);
      this.changed();
      return Promise.resolve(true);
    }
    this.target = seq;
    this.stick = false;
    return this.lines.begin(this.lines.filters, seq);
  }
}
