// The log of a job, live: every line once and in order, however the page is reloaded, filtered or scrolled.

import { el } from "./looks.js";
import { gettext, interpolate, ngettext } from "./texts.js";

const BATCH = 1000;
const TOUCH_MS = 1000;
const TOUCHES = ["wheel", "touchmove", "pointerdown", "keydown"];

export class Log {
  constructor(box, options) {
    this.box = box;
    this.url = options.url;
    this.max = options.max;
    this.fetchJson = options.fetchJson;
    this.onChange = options.onChange;
    this.lastSeq = options.lastSeq;
    this.filters = { node: "", level: "" };
    this.busy = false;
    this.unseen = 0;
    this.lastTop = 0;
    this.touched = -TOUCH_MS;
    this.pinning = 0;
    this.earlier = el("div", "con-earlier");
    this.empty = el("div", "con-earlier", gettext("No lines yet."));
    for (const touch of TOUCHES) box.addEventListener(touch, () => { this.touched = performance.now(); }, { passive: true });
    box.addEventListener("scroll", () => this.scrolled());
    this.begin();
  }

  // Where to begin: near the end of a long log, at the start when a filter makes it short.
  begin() {
    this.round = (this.round ?? 0) + 1;
    this.abort?.abort();
    const short = this.filters.node || ["warning", "error"].includes(this.filters.level);
    this.after = short ? 0 : Math.max(this.lastSeq - Math.floor(this.max / 2), 0);
    this.first = this.after + 1;
    this.stick = true;
    this.unseen = 0;
    this.count = 0;
    this.box.replaceChildren(this.earlier, this.empty);
    this.mark();
  }

  filter(filters) {
    this.filters = filters;
    this.begin();
    return this.poll();
  }

  query(after, wait) {
    const wanted = new URLSearchParams({ after, limit: BATCH, ...(wait && { wait }) });
    for (const [key, value] of Object.entries(this.filters)) if (value) wanted.set(key, value);
    return `${this.url}?${wanted}`;
  }

  // Fetch what is new, waiting for it some seconds. One request at a time; an answer to an older filter is thrown away.
  async poll(wait = 0) {
    const round = this.round;
    if (this.busy === round) return;
    this.busy = round;
    try {
      let full = true;
      while (full && round === this.round) {
        this.abort = new AbortController();
        const answer = await this.fetchJson(this.query(this.after, wait), this.abort.signal);
        if (round !== this.round) return;
        const fresh = answer.events.filter((event) => event.seq > this.after);
        if (fresh.length) this.append(fresh);
        this.jobStatus = answer.status;
        this.news = this.news || fresh.length > 0;
        // last_seq is where to go on, also past lines that the filter left out.
        this.after = Math.max(this.after, answer.last_seq);
        this.lastSeq = Math.max(this.lastSeq, this.after);
        full = fresh.length >= BATCH;
        wait = 0;
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (this.busy === round) this.busy = false;
    }
  }

  append(events) {
    this.empty.remove();
    this.box.append(this.lines(events));
    this.count += events.length;
    if (this.stick) this.pin();
    else this.unseen += events.length;
    this.trim();
    this.mark();
  }

  lines(events) {
    const all = document.createDocumentFragment();
    for (const event of events) {
      const line = el("div", `con-line con-lv-${event.level}${event.stream === "sys" ? " con-sys" : ""}`);
      line.dataset.seq = event.seq;
      const time = el("span", "con-t", event.ts.slice(11, 19));
      time.title = interpolate(gettext("%(time)s · line %(number)s"), { time: event.ts, number: event.seq });
      const where = [event.phase, event.step].filter(Boolean).join("/");
      line.append(time, el("span", "con-n", event.node || gettext("installer")), el("span", "con-p", where), el("span", "con-x", event.line));
      all.append(line);
    }
    return all;
  }

  // A user who reads further up keeps the lines; only a very long stay costs the oldest ones.
  trim() {
    const limit = this.stick ? this.max : this.max * 3;
    if (this.count <= limit) return;
    const lines = this.box.getElementsByClassName("con-line");
    const range = document.createRange();
    range.setStartBefore(lines[0]);
    range.setEndBefore(lines[this.count - this.max]);
    range.deleteContents();
    this.count = this.max;
    this.first = Number(lines[0].dataset.seq);
  }

  mark() {
    const cut = this.first > 1;
    const filtered = this.filters.node || this.filters.level;
    this.earlier.hidden = !cut;
    if (cut) {
      this.earlier.replaceChildren(el("span", "", interpolate(gettext("Lines before %(number)s are not shown here."), { number: this.first })));
      if (!filtered) {
        const number = Math.min(BATCH, this.first - 1);
        const text = interpolate(ngettext("Show %(number)s earlier line", "Show %(number)s earlier lines", number), { number });
        const button = el("button", "con-btn con-btn-small", text);
        button.type = "button";
        button.addEventListener("click", () => this.loadEarlier());
        this.earlier.append(" ", button);
      }
    }
    this.onChange(this);
  }

  async loadEarlier() {
    const round = this.round;
    const answer = await this.fetchJson(this.query(Math.max(this.first - 1 - BATCH, 0)));
    if (round !== this.round) return;
    const older = answer.events.filter((event) => event.seq < this.first);
    if (!older.length) return;
    this.stick = false;
    // The browser keeps the line in view where it is, but not at the very top.
    this.box.scrollTop = Math.max(this.box.scrollTop, 1);
    this.earlier.after(this.lines(older));
    this.count += older.length;
    this.first = older[0].seq;
    this.mark();
  }

  // Leaving the end takes a person: the browser itself moves the text too, when old lines go and new
  // ones come into view. Going on to scroll up, as with the bar, counts as touching again.
  scrolled() {
    const top = this.box.scrollTop;
    const wentUp = top < this.lastTop && performance.now() - this.touched < TOUCH_MS;
    if (wentUp) this.touched = performance.now();
    this.lastTop = top;
    const atEnd = this.box.scrollHeight - top - this.box.clientHeight < 24;
    const stick = atEnd || (this.stick && !wentUp);
    if (stick === this.stick) return;
    this.stick = stick;
    if (stick) this.unseen = 0;
    this.onChange(this);
  }

  toEnd() {
    this.stick = true;
    this.unseen = 0;
    this.pin();
    this.onChange(this);
  }

  // To the last line once per frame, however many batches came; and again while the lines that came
  // into view turn out to be higher than they were thought to be.
  pin() {
    this.pinning ||= requestAnimationFrame(() => {
      this.pinning = 0;
      const before = this.box.scrollTop;
      if (this.stick) this.box.scrollTop = this.box.scrollHeight;
      if (this.box.scrollTop !== before) this.pin();
    });
  }
}
