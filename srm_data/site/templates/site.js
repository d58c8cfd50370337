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
// The ways in which services address a control, as lists: of its page, and of the front page.
const listServices = (pattern, control, up, make) => {
  const [letters, differing] = SERVICES.patterns[pattern], exceptions = new Map(differing);
  return [["i", "Inherited"], ["c", "Configured"], ["l", "Left to the customer"]].flatMap(([letter, label]) => {
    const places = [...letters].flatMap((one, place) => (one === letter ? [place] : []));
    if (!places.length) return [];
    const items = places.map((place) => {
      const [id, name] = SERVICES.services[place], text = SERVICES.exceptions[exceptions.get(place)];
      return make("li", [make("a", name, { href: `${up}services/${id}.html#${control}` }), ...(text ? [" ", make("small", text)] : [])]);
    });
    return [make("h3", `${control}: ${label}, ${places.length}`), make("ul", items, { className: "names" })];
  });
};
const make = (tag, content, more) => {
  const made = Object.assign(document.createElement(tag), more);
  made.append(...[content].flat());
  return made;
};
// Each id of a control leads to it on the page of its framework, and is a place that a link may name.
for (const list of document.querySelectorAll(".ids")) {
  const page = list.previousElementSibling.querySelector("a").getAttribute("href");
  for (const ids of list.querySelectorAll("dd")) {
    const text = ids.lastChild, words = text.textContent.trim().split(" ");
    text.replaceWith(" ", ...words.flatMap((id) => [make("a", id, { id, href: `${page}#${id}` }), " "]));
  }
}
// A control lists its services in a row below, at a click or if the address names it.
for (const row of document.querySelectorAll("tr[data-pattern]")) {
  const button = make("button", "Which services?", { type: "button", ariaExpanded: "false" });
  button.addEventListener("click", () => {
    const isOpen = button.ariaExpanded === "true";
    if (isOpen) row.nextElementSibling.remove();
    else row.after(make("tr", make("td", listServices(row.dataset.pattern, row.id, "../../", make), { colSpan: 6 }), { className: "listed" }));
    button.ariaExpanded = `${!isOpen}`;
  });
  row.cells[1].append(" ", button);
}
// The head of a table sticks to the top where the table needs no box to scroll in.
const fit = () => {
  for (const box of document.querySelectorAll(".wide")) {
    box.classList.remove("fits");
    box.classList.toggle("fits", box.scrollWidth <= box.clientWidth);
  }
};
addEventListener("resize", fit);
fit();
// What the address names is shown with what belongs to it: the services of a control, the column of an offering.
const show = () => {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (const other of document.querySelectorAll(".named")) other.classList.remove("named");
  if (named?.closest(".ids, .matrix")) named.classList.add("named");
  if (named?.matches(".matrix th")) for (const row of named.closest("table").tBodies[0].rows) row.cells[named.cellIndex]?.classList.add("named");
  const button = named?.querySelector("button[aria-expanded=false]");
  if (named?.dataset.pattern && button) button.click();
  named?.scrollIntoView();
};
addEventListener("hashchange", show);
show();
