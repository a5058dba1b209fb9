// Many controls, one stop of the Tab key: arrow keys move among those that are visible.

const BACK = { vertical: ["ArrowUp", "k"], both: ["ArrowUp", "ArrowLeft", "k"] };
const ON = { vertical: ["ArrowDown", "j"], both: ["ArrowDown", "ArrowRight", "j"] };

export class Roving {
  constructor(place, selector, way = "vertical") {
    this.place = place;
    this.selector = selector;
    this.way = way;
    place.addEventListener("focusin", (event) => {
      const item = event.target.closest(selector);
      if (item) this.mark(item);
    });
    place.addEventListener("keydown", (event) => this.pressed(event));
  }

  items() {
    return [...this.place.querySelectorAll(this.selector)].filter((item) => item.offsetParent !== null);
  }

  mark(item) {
    if (this.current === item) return;
    if (this.current) this.current.tabIndex = -1;
    this.current = item;
    item.tabIndex = 0;
  }

  // After a change: one of the items, and only one, is a stop.
  tidy() {
    if (this.current?.isConnected && this.current.offsetParent !== null) return;
    const [first] = this.items();
    if (first) this.mark(first);
  }

  pressed(event) {
    const item = event.target.closest?.(this.selector);
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    const items = this.items();
    const here = items.indexOf(item);
    let next;
    if (ON[this.way].includes(event.key)) next = items[here + 1];
    else if (BACK[this.way].includes(event.key)) next = items[here - 1];
    else if (event.key === "Home") next = items[0];
    else if (event.key === "End") next = items.at(-1);
    else return;
    event.preventDefault();
    next?.focus();
  }
}
