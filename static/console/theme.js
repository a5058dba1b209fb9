// Before the page is drawn: the person's choice of light or dark, and whether the side bar shows names.

(() => {
  const root = document.documentElement;
  let store = {};
  try {
    store = localStorage;
  } catch {
    // A browser that keeps nothing shows the page as the system does.
  }
  if (["light", "dark"].includes(store["console-theme"])) root.dataset.theme = store["console-theme"];
  if (["open", "shut"].includes(store["console-side"])) root.dataset.side = store["console-side"];
  root.dataset.scripts = "";
})();
