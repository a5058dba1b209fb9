// A link to a place on the page opens what is folded around it.

function show(hash) {
  const place = hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
  for (let item = place; item; item = item.parentElement) if (item.tagName === "DETAILS") item.open = true;
  if (!place) return;
  place.scrollIntoView({ block: "nearest" });
  place.querySelector("input:not([type=hidden]), textarea")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='#']");
  if (link) setTimeout(show, 0, link.getAttribute("href"));
});
// The browser itself goes to the place once the page is loaded, and takes the focus along.
if (location.hash) addEventListener("load", () => setTimeout(show, 0, location.hash));
