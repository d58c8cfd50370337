"use strict";
// Beside each answer: its address, which copies what cites the cell, and the form for a wrong one.
const { version, day, report } = document.body.dataset;
for (const name of document.querySelectorAll("h3 > b[id]")) {
  const link = Object.assign(document.createElement("a"), { href: `#${name.id}`, textContent: "#", title: "Copy the address of this cell" });
  link.addEventListener("click", () => {
    const words = `${name.firstChild.textContent.trim()}, ${name.closest("section").querySelector("h2").textContent}`;
    const cite = `srm_data ${version}, ${day}: ${words}, ${link.href}`;
    navigator.clipboard?.writeText(cite).then(() => { link.textContent = "# copied"; }, () => {});
  });
  name.append(" ", link);
  if (!report) continue;
  const [offering, duty] = name.id.split(".");
  const form = `${report}&offering=${offering}&duty=${duty}&version=${version}`;
  name.append(" ", Object.assign(document.createElement("a"), { href: form, textContent: "report" }));
}
// Each id of a control leads to it on the page of its framework, and is a place that a link may name.
for (const list of document.querySelectorAll(".ids")) {
  const page = list.previousElementSibling.querySelector("a").getAttribute("href");
  for (const ids of list.querySelectorAll("dd")) {
    const links = ids.textContent.trim().split(" ").map((id) => Object.assign(document.createElement("a"), { id, href: `${page}#${id}`, textContent: id }));
    ids.replaceChildren(...links.flatMap((link) => [link, " "]));
  }
}
const named = document.querySelector(".ids") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (named?.closest(".ids")) {
  named.classList.add("named");
  named.scrollIntoView({ block: "center" });
}
