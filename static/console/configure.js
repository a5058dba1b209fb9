// The text areas of the configuration page as editors; a finding of the last check stands at its line.

import { edit } from "./yaml_editor.js";

for (const area of document.querySelectorAll("textarea[data-schema]")) {
  const editor = edit(area, { codeUrl: area.dataset.codes });
  fetch(area.dataset.schema).then((answer) => answer.json()).then((schema) => editor.setSchema(schema)).catch(() => {});
  const said = document.getElementById(area.dataset.findings);
  if (said) editor.setFindings(JSON.parse(said.textContent));
  // A closed section has no height to number.
  area.closest("details")?.addEventListener("toggle", () => editor.refresh());
}
