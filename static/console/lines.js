// The lines of a log that pass the filters: how many there are, and those that are looked at.
//
// The server tells where each page of lines begins (first), so that any place of a long log can be fetched by itself. New lines
// come one after the other at the end; every line once and in order, however the page is reloaded, filtered or scrolled.

const SIZE = 100;
const BATCH = 1000;
// Lines around a number that come with the places of all pages: at least one page before and after it.
const AROUND = 400;
// Pages kept, and fetched at once.
const KEPT = 80;
const TOGETHER = 4;
const RETRY_MS = 1500;
// Behind every line; numbers stay exact up to here.
export const END = Number.MAX_SAFE_INTEGER;

export class Lines {
  constructor({ url, fetchJson, onChange, onError }) {
    Object.assign(this, { url, fetchJson, onChange, onError });
    this.filters = {};
    this.round = 0;
    this.count = 0;
    this.all = 0;
    this.after = 0;
    this.first = [];
    this.pages = new Map();
    this.range = null;
    this.ready = false;
    this.beginning = 0;
    this.around = END;
  }

  query(wanted) {
    const all = new URLSearchParams(wanted);
    for (const [key, value] of Object.entries(this.filters)) if (value) all.set(key, value);
    return `${this.url}?${all}`;
  }

  get filtered() {
    return Object.values(this.filters).some(Boolean);
  }

  // Begin anew with other filters, near a line. What is shown stays until the answer is there.
  async begin(filters, around = END) {
    this.round += 1;
    const round = this.round;
    this.abort?.abort();
    this.abort = new AbortController();
    this.filters = filters;
    this.around = around;
    this.ready = false;
    this.beginning = round;
    try {
      const answer = await this.fetchJson(this.query({ pages: SIZE, limit: AROUND, around }), this.abort.signal);
      if (round !== this.round) return false;
      this.first = answer.pages.first;
      this.count = answer.pages.matching;
      this.all = answer.pages.all;
      this.after = answer.last_seq;
      this.jobStatus = answer.status;
      this.news = true;
      this.ready = true;
      this.pages = new Map();
      this.range = null;
      this.place(answer.events);
      this.onChange("begin");
      return true;
    } catch (error) {
      if (error.name === "AbortError") return false;
      throw error;
    } finally {
      if (this.beginning === round) this.beginning = 0;
    }
  }

  pageLength(page) {
    return Math.min(SIZE, this.count - page * SIZE);
  }

  // The page on which a number is, or would be.
  pageOf(seq) {
    let low = 0;
    let high = this.first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.first[middle] <= seq) low = middle + 1;
      else high = middle;
    }
    return Math.max(low - 1, 0);
  }

  // Keep the pages that are whole among lines that follow each other.
  place(events) {
    let begun = 0;
    while (begun < events.length) {
      const page = this.pageOf(events[begun].seq);
      const next = this.first[page + 1] ?? Infinity;
      let end = begun;
      while (end < events.length && events[end].seq < next) end += 1;
      // Newer lines than were counted come again with the next question.
      const lines = events.slice(begun, begun + Math.min(end - begun, this.pageLength(page)));
      if (lines[0].seq === this.first[page] && lines.length === this.pageLength(page)) this.pages.set(page, lines);
      begun = end;
    }
    for (const page of this.pages.keys()) {
      if (this.pages.size <= KEPT) break;
      if (!this.range || page < this.range[0] || page > this.range[1]) this.pages.delete(page);
    }
  }

  line(index) {
    return this.pages.get(Math.floor(index / SIZE))?.[index % SIZE];
  }

  // The place of a line, or of the next one that passes the filters; exact where its page is at hand.
  indexOf(seq) {
    const page = this.pageOf(seq);
    const lines = this.pages.get(page);
    const within = lines ? lines.findIndex((line) => line.seq >= seq) : 0;
    return within < 0 ? Math.min((page + 1) * SIZE, this.count - 1) : page * SIZE + within;
  }

  // Fetch what is missing among these lines. One request at a time, for the place that is wanted by then.
  want(from, to) {
    this.range = [Math.floor(from / SIZE), Math.floor(Math.max(to - 1, 0) / SIZE)];
    for (let page = this.range[0]; page <= this.range[1]; page += 1) {
      const lines = this.pages.get(page);
      if (!lines) continue;
      this.pages.delete(page);
      this.pages.set(page, lines);
    }
    if (!this.loading) this.load();
  }

  missing() {
    if (!this.range) return -1;
    for (let page = this.range[0]; page <= Math.min(this.range[1], this.first.length - 1); page += 1) {
      if (!this.pages.has(page)) return page;
    }
    return -1;
  }

  async load() {
    this.loading = true;
    try {
      for (let page = this.missing(); page >= 0; page = this.missing()) {
        const round = this.round;
        const after = this.first[page] - 1;
        const answer = await this.fetchJson(this.query({ after, limit: SIZE * TOGETHER }));
        if (round !== this.round) continue;
        this.place(answer.events);
        // A line that was counted cannot be missing, unless the job is gone.
        if (!this.pages.has(page)) break;
        this.onChange("page");
      }
    } catch (error) {
      this.onError(error);
      setTimeout(() => { if (!this.loading) this.load(); }, RETRY_MS);
    } finally {
      this.loading = false;
    }
  }

  // Fetch what is new, waiting for it some seconds. One request at a time; an answer to an older filter is thrown away.
  async poll(wait = 0) {
    const round = this.round;
    if (!this.ready) {
      if (!this.beginning) await this.begin(this.filters, this.around);
      return;
    }
    if (this.polling === round) return;
    this.polling = round;
    try {
      let full = true;
      while (full && round === this.round) {
        const wanted = { after: this.after, limit: BATCH, ...(wait && { wait }) };
        const answer = await this.fetchJson(this.query(wanted), this.abort.signal);
        if (round !== this.round) return;
        const fresh = answer.events.filter((event) => event.seq > this.after);
        this.append(fresh);
        this.jobStatus = answer.status;
        this.news = this.news || fresh.length > 0;
        // last_seq is where to go on, also past lines that the filter left out.
        this.after = Math.max(this.after, answer.last_seq);
        const grown = this.after > this.all;
        this.all = Math.max(this.all, this.after);
        if (fresh.length || grown) this.onChange("new", fresh.length);
        full = fresh.length >= BATCH;
        wait = 0;
      }
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      if (this.polling === round) this.polling = 0;
    }
  }

  append(events) {
    for (const event of events) {
      const page = Math.floor(this.count / SIZE);
      if (this.count % SIZE === 0) {
        this.first.push(event.seq);
        this.pages.set(page, [event]);
      } else {
        this.pages.get(page)?.push(event);
      }
      this.count += 1;
    }
    if (this.pages.size > KEPT) this.place([]);
  }
}
