// Tone and symbol of each status: the same table as installer/console/labels.py.

import { gettext, interpolate } from "./texts.js";

export const LOOKS = {
  pending: ["idle", "○", gettext("waiting")],
  queued: ["idle", "○", gettext("queued")],
  running: ["busy", "●", gettext("running")],
  succeeded: ["good", "✓", gettext("done")],
  failed: ["bad", "✕", gettext("failed")],
  cancelling: ["warn", "■", gettext("cancelling")],
  cancelled: ["warn", "■", gettext("cancelled")],
  skipped: ["idle", "–", gettext("skipped")],
};

export function look(status) {
  return LOOKS[status] ?? ["idle", "○", status];
}

// An element with text and attributes; text from nodes only ever gets in as textContent.
export function el(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function span(milliseconds) {
  const seconds = Math.max(Math.floor(milliseconds / 1000), 0);
  const two = (number) => String(number).padStart(2, "0");
  if (seconds >= 3600) {
    const values = { hours: Math.floor(seconds / 3600), minutes: two(Math.floor(seconds / 60) % 60) };
    return interpolate(gettext("%(hours)s h %(minutes)s min"), values);
  }
  if (seconds < 60) return interpolate(gettext("%(seconds)s s"), { seconds });
  return interpolate(gettext("%(minutes)s min %(seconds)s s"), { minutes: Math.floor(seconds / 60), seconds: two(seconds % 60) });
}
