// The page of the workers, fetched again every few seconds; what somebody opened stays open.

const ROUND_MS = 3000;
const HIDDEN_MS = 15000;

async function round() {
  const link = document.getElementById("workers-link");
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("workers");
    if (!fresh) throw new Error("signed out, or no such page any more");
    const here = document.getElementById("workers");
    for (const open of here.querySelectorAll("details[open]")) {
      const again = fresh.querySelector(`#${CSS.escape(open.id)}`);
      if (again) again.open = true;
    }
    // Text that a person has selected to copy is left alone until the next round.
    if (getSelection().isCollapsed) here.replaceWith(fresh);
    link.textContent = "Live.";
  } catch {
    link.textContent = "No answer from the console: trying again; if you are signed out, reload the page.";
  }
  setTimeout(round, document.hidden ? HIDDEN_MS : ROUND_MS);
}

setTimeout(round, ROUND_MS);
