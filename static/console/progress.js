// The state of a job in the title and the icon of its tab.

const QUARTERS = [0, 25, 50, 75];

export class Progress {
  constructor(icons) {
    this.icons = icons;
    this.title = document.title;
    this.shown = "";
  }

  show(tone, symbol, percent) {
    document.title = `${symbol} ${percent}% ${this.title}`;
    const quarter = QUARTERS.findLast((one) => percent >= one);
    const icon = this.icons[tone] ?? this.icons[`busy-${quarter}`];
    if (icon === this.shown) return;
    this.shown = icon;
    const link = document.querySelector("link[rel~=icon]") ?? document.head.appendChild(document.createElement("link"));
    Object.assign(link, { rel: "icon", type: "image/svg+xml", href: icon });
  }
}
