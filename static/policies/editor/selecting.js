// From a finding to its words in the text.

import { findings } from "./page.js";
import { sectionAt } from "./preview.js";

// A finding's link selects its words in the text.
findings.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-find]");
  if (!link) return;
  const id = decodeURIComponent(link.hash.slice(1));
  const place = sectionAt(id.replace(/^at-/, "")) ?? document.getElementById(id);
  const area = place?.matches("textarea, input") ? place : place?.querySelector("textarea");
  if (!area) return;
  event.preventDefault();
  const words = link.dataset.find.replace(/^…|…$/g, "").trim().slice(0, 40);
  const at = area.value.replace(/\s/g, " ").indexOf(words);
  area.focus();
  if (at >= 0) area.setSelectionRange(at, at + words.length);
  area.scrollIntoView({ block: "center" });
});
