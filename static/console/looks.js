// Tone and symbol of each status: the same table as installer/console/labels.py.

export const LOOKS = {
  pending: ["idle", "○", "waiting"],
  queued: ["idle", "○", "queued"],
  running: ["busy", "●", "running"],
  succeeded: ["good", "✓", "done"],
  failed: ["bad", "✕", "failed"],
  cancelling: ["warn", "■", "cancelling"],
  cancelled: ["warn", "■", "cancelled"],
  skipped: ["idle", "–", "skipped"],
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
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${two(Math.floor(seconds / 60) % 60)} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${seconds} s`;
}
