"use strict";
// Copy what cites a cell when its # is used; the address itself works without this script.
document.addEventListener("click", (event) => {
  const link = event.target.closest("h3 a");
  if (!link || !navigator.clipboard) return;
  const { version, day } = document.body.dataset;
  const words = `${link.parentElement.firstChild.textContent.trim()}, ${link.closest("section").querySelector("h2").textContent}`;
  navigator.clipboard.writeText(`srm_data ${version}, ${day}: ${words}, ${link.href}`).catch(() => {});
});
// Narrow the list of services while a name is typed.
const field = document.getElementById("name");
if (field) {
  document.getElementById("find").hidden = false;
  const items = [...document.querySelectorAll("#services ~ ul")][0].children;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    for (const item of items) item.hidden = !words.every((word) => item.textContent.toLowerCase().includes(word));
  });
  field.addEventListener("keydown", (event) => {
    const first = event.key === "Enter" && [...items].find((item) => !item.hidden);
    if (first) first.querySelector("a").click();
  });
}
