// Search, pick and sort. Everything looked up stands in the element "data"; texts only ever become text.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const columnOf = Object.fromEntries(data.offeringColumns.map((name, place) => [name, place]));
  const [AWS_PART, CUSTOMER_PART, NOTE, SECTIONS, SOURCES, ACTION, SCOPE, PERFORMED_BY] = [0, 1, 2, 3, 4, 5, 6, 7];
  // Facts name their texts by the place in one list, and their sources by the row in the list below.
  const sources = Object.fromEntries([...document.querySelectorAll("#sources tbody tr")].map((row) => [row.dataset.id, row]));
  const sourceIds = Object.keys(sources);
  for (const fact of data.facts) {
    for (const field of [AWS_PART, CUSTOMER_PART, NOTE, SECTIONS, ACTION, SCOPE, PERFORMED_BY]) fact[field] = data.texts[fact[field]];
    fact[SOURCES] = fact[SOURCES].map((row) => sourceIds[row]).join("; ");
  }
  const FIRST = 30, MORE = 470;  // rows
  const MOST_COMPARED = 4;  // offerings that stand beside each other, by name
  const NARROW = 0.12;  // of a bar: what a letter and a number take

  // Words in small letters, a blank before each: " word" is in it where a word begins like that.
  function fold(...texts) {
    return ` ${texts.join(" ").toLowerCase().split(/[^\p{L}\p{N}]+/u).join(" ")}`;
  }
  const offerings = data.offerings.map((values, place) => ({
    place, id: values[columnOf.offering_id], name: values[columnOf.offering], service: values[columnOf.service],
    group: values[columnOf.product_group], category: values[columnOf.category],
    resources: columnOf.resources === undefined ? null : values[columnOf.resources],
    assumed: columnOf.assumed === undefined ? 0 : values[columnOf.assumed],
    names: fold(values[columnOf.offering], values[columnOf.service], values[columnOf.offering_id]),
    text: fold(...values.slice(0, 5)),
  }));
  const duties = data.duties.map(([id, name, layer], place) => ({
    place, id, name, layer, text: fold(name, layer),
  }));
  const factTexts = data.facts.map((fact) => fold(...fact.slice(0, ACTION)));
  const cells = data.cells.flatMap((of, place) => of.map(([duty, party, basis, fact, owner = 0]) => ({
    offering: offerings[place], duty: duties[duty], party, basis, fact, owner: data.owners[owner],
  })));
  const letters = data.parties.map((party) => document.querySelector(`.legend .${party.replaceAll(" ", "-")}`).textContent);
  const matrixRows = [...document.querySelectorAll("#matrix tbody tr:not(.group)")];

  const cellAt = new Map(cells.map((cell) => [cell.offering.place * duties.length + cell.duty.place, cell]));
  const getCell = (offering, duty) => cellAt.get(offering * duties.length + duty);
  const ask = makeAsk(data.questions, { offerings, duties }, (offering, duty) => {
    const cell = getCell(offering, duty);
    return cell && [data.parties[cell.party], data.facts[cell.fact][ACTION]];
  });

  // What is chosen
  const picked = new Set();
  const choices = { group: (cell) => cell.offering.group, category: (cell) => cell.offering.category,
    duty: (cell) => cell.duty.name, party: (cell) => data.parties[cell.party], basis: (cell) => data.bases[cell.basis] };
  const hasOwners = data.owners.some(Boolean);
  if (hasOwners) choices.owner = (cell) => cell.owner;
  const fields = ["text", ...Object.keys(choices)];

  // Answers to a question come first. Cells that only have its words follow if a part was not understood;
  // words in double quotes are looked for as they are.
  function findCells() {
    const text = $("text").value.trim(), isQuoted = /^".*"?$/.test(text);
    const wanted = Object.entries(choices).filter(([id]) => $(id).value).map(([id, of]) => [$(id).value, of]);
    const isChosen = (cell) => (!picked.size || picked.has(cell.offering.place)) && wanted.every(([value, of]) => of(cell) === value);
    if (!text || isQuoted) {
      $("understood").textContent = "";
      return cells.filter((cell) => isChosen(cell) && hasWords(text)(cell));
    }

    const question = ask.understand(text);
    const answers = ask.listCells(question).map(([offering, duty]) => getCell(offering, duty));
    $("understood").textContent = answers.length || (question.named && question.duties.length) ? `Understood as: ${describe(question, answers)}.` : "";
    if (answers.length && !question.unknown.length) return answers.filter(isChosen);
    const isAnswer = new Set(answers);
    return [...answers, ...cells.filter((cell) => !isAnswer.has(cell) && hasWords(text)(cell))].filter(isChosen);
  }

  // How a question was understood, and what its answers leave out, as in questions.py
  function describe(question, answers) {
    const { offerings: some, named, duties: asked, kind, side, families, topics, unused, unknown } = question, { sides } = data.questions;
    const name = (places) => places.map((place) => duties[place].name), services = [...new Set(some.map((place) => offerings[place].service))];
    const names = some.slice(0, named).map((place) => offerings[place].name).join(", "), said = name(asked).join(" or ") || "all duties";
    const all = `${some.length.toLocaleString("en")} offerings${services.length === 1 ? ` of ${services[0]}` : ""}${families.length ? ` (${families.join(", ")})` : ""}`;
    const isBeside = ["compare", "service"].includes(kind) && !asked.length, whole = "one of the duties";
    const acts = { aws: "AWS does", must: "the customer must or may do", free: "the customer need not do" };
    const list = (place) => duties.map((_, duty) => getCell(place, duty)).map((cell) => cell && [cell.party, data.facts[cell.fact][ACTION]]).join(), differ = kind === "act" ? some.filter((place) => list(place) !== list(some[0])).length : 0;
    const parts = [(kind === "service" ? all : names) || families.join(", ") || "services asked about most often", kind === "act" ? `what ${acts[side]}${differ ? `; ${differ.toLocaleString("en")} other ${differ > 1 ? "offerings differ" : "offering differs"}` : ""}` : `${said}${isBeside ? ", those in which they differ first" : ""}`];
    if (kind === "which") {
      const [text, parties, actions, isEvery, { part }] = sides[side], wider = part && ask.listCells({ ...question, side: part }).map(([offering]) => offering);
      const count = (places) => new Set(places).size.toLocaleString("en"), label = (parties.length ? parties : actions).join(" or ");
      parts.splice(0, 2, `${name(question.meant).join(isEvery ? " and " : " or ")}: where ${text} (${label}): ${count(answers.map((cell) => cell.offering.place))} of ${named > 1 ? names : all}`);
      if (part) parts.push(`${(sides[part][1].length ? sides[part][1] : sides[part][2]).join(" or ")}: ${count(wider)}`);
    }
    const strange = unknown.filter((word) => !ask.isKnown(word)), near = ask.findNear(strange).join(", "), leftOut = [...unused, ...unknown.filter(ask.isKnown)];
    parts.push(...topics.map(([topic, nearest]) => `${topic} is not ${whole}${nearest.length ? `; nearest: ${name(nearest).join(", ")}` : ""}`));
    const others = kind === "which" ? [] : some.slice(0, named).filter((place) => asked.length && !getCell(place, asked[0])).map((place) => offerings[place].name);
    if (others.length) parts.push(`${name(asked)[0]}, a duty of AI, is not asked about ${others.join(", ")}`);
    if (leftOut.length) parts.push(`left out: ${leftOut.join(", ")}`);
    if (unknown.length + unused.length && named && !asked.length && kind !== "compare" && !["must", "free"].includes(side)) parts.push(`not about ${whole}`);
    if (strange.length) parts.push(`not understood: ${strange.join(", ")}${near ? ` (nearest: ${near})` : ""}`);
    return parts.join("; ");
  }

  let lastWords = { text: "", has: () => true };
  function hasWords(text) {
    if (lastWords.text === text) return lastWords.has;
    const known = fold(text).split(" ").filter(Boolean).map((word) => ` ${word}`).map((word) => ({
      offerings: offerings.map((it) => it.text.includes(word)), duties: duties.map((it) => it.text.includes(word)),
      facts: factTexts.map((text) => text.includes(word)),
    }));
    const has = (cell) => known.every((it) => it.offerings[cell.offering.place] || it.duties[cell.duty.place] || it.facts[cell.fact]);
    lastWords = { text, has };
    return has;
  }

  // What is shown
  const columns = [
    ["Offering", (cell) => cell.offering.name], ["Duty", (cell) => cell.duty.name, (cell) => cell.duty.place],
    ["Responsible", (cell) => data.parties[cell.party], (cell) => cell.party],
    ["Action", (cell) => data.facts[cell.fact][ACTION]],
    ["AWS's part", (cell) => data.facts[cell.fact][AWS_PART]],
    ["Customer's part", (cell) => data.facts[cell.fact][CUSTOMER_PART]],
    ["Note", (cell) => data.facts[cell.fact][NOTE]],
    ["Basis", (cell) => `${data.marks[cell.basis]}\u00a0${data.bases[cell.basis]}, ${data.facts[cell.fact][SCOPE]}`.trim(), (cell) => cell.basis],
    ["Source", (cell) => sources[data.facts[cell.fact][SOURCES].split("; ")[0]]?.cells[0].textContent ?? ""],
  ];
  if (columnOf.resources !== undefined) columns.splice(1, 0, ["Resources", (cell) => cell.offering.resources.toLocaleString("en") + (cell.offering.assumed ? ` (${cell.offering.assumed.toLocaleString("en")} assumed)` : ""), (cell) => cell.offering.resources]);
  if (hasOwners) columns.splice(-2, 0, ["Owner", (cell) => cell.owner]);
  const tiles = [...document.querySelectorAll("#picture li")].map((tile) => [tile, duties.findIndex((duty) => duty.id === tile.dataset.duty)]);
  const waiting = { frame: 0, counts: 0, matrix: 0, near: 0, state: 0 };
  let found = cells, shown = FIRST, sorted = { column: -1, down: false };

  function update() {
    found = findCells();
    shown = FIRST;
    const counts = count(found);
    showAsked();
    const there = new Set(found.map((cell) => cell.offering.place));
    clearTimeout(waiting.matrix);  // the largest table: once typing rests
    waiting.matrix = setTimeout(fillMatrix, 150, there);
    clearTimeout(waiting.counts);
    waiting.counts = setTimeout(fillCounts, isReading ? 0 : 60, counts, there);
    saveState();
    const said = data.parties.map((party, place) => `${sum(counts.all[place]).toLocaleString("en")} ${party}`).join(", ");
    $("count").textContent = found.length ? `${name(found.length, "cell")} of ${name(there.size, "offering")}: ${said}` : "No cell matches all of this. Clear a field to see more.";
    clearTimeout(waiting.near);
    if (!found.length) waiting.near = setTimeout(showNearest, 150);
    sortFound();
    fillRows();
  }

  // As soon as something is asked, the list stands right below the search; before, at its place behind the picture.
  const isAsked = () => picked.size > 0 || fields.some((id) => $(id).value.trim());
  function showAsked() {
    const asked = isAsked();
    if (asked === document.body.classList.contains("asked")) return;
    document.body.classList.toggle("asked", asked);
    if (asked) $("summary").before($("cells"));
    else $("matrix-part").before($("cells"));
  }

  // Names near to words that nothing has, to be searched by a click
  function showNearest() {
    const near = ask.findNear(ask.understand($("text").value).unknown);
    if (!near.length) return;
    $("understood").replaceChildren("Nearest: ", ...near.flatMap((word, place) => {
      const button = Object.assign(make("button", word), { type: "button" });
      button.addEventListener("click", () => { $("text").value = word; update(); $("text").focus(); });
      return place ? [" ", button] : [button];
    }));
  }

  function goToFirst() {
    update();
    const first = document.querySelector("#rows th");
    if (!first) return;
    first.tabIndex = -1;
    first.focus();
  }

  // The picture and the counts
  function fillCounts(counts, there) {
    const compared = there.size > 1 && there.size <= MOST_COMPARED ? found : [];
    for (const [tile, place] of tiles) {
      const of = counts.duties[place];
      tile.hidden = !of.some(sum);
      fillBar(tile.querySelector(".bar"), of);
      fillCompared(tile, compared.filter((cell) => cell.duty.place === place));
    }
    for (const layer of document.querySelectorAll("#picture .layer")) layer.hidden = !layer.querySelector("li:not([hidden])");
    for (const row of document.querySelectorAll(".counts tbody tr")) {
      const of = counts[row.dataset.by][row.dataset.name] || data.parties.map(() => []);
      row.hidden = !of.some(sum);
      fillNumbers(row, of);
      fillBar(row.querySelector(".bar"), of);
    }
    for (const row of document.querySelectorAll(".counts tfoot tr")) fillNumbers(row, counts.all);
  }

  // Two to four offerings beside each other: whose each answer is, by name.
  function fillCompared(tile, some) {
    tile.querySelector(".bar").hidden = some.length > 0;
    tile.querySelector(".compared")?.remove();
    if (!some.length) return;
    const list = make("span", undefined, "compared");
    const ordered = [...some].sort((a, b) => order(a) - order(b));
    list.append(...ordered.map((cell) => {
      const line = make("span");
      line.append(makeParty(cell), ` ${cell.offering.name}`);
      return line;
    }));
    tile.append(list);
  }
  const order = (cell) => (picked.size ? [...picked].indexOf(cell.offering.place) : cell.offering.place);

  function fillMatrix(there) {
    for (const row of matrixRows) row.hidden = !there.has(Number(row.dataset.place));
    for (const body of document.querySelectorAll("#matrix tbody")) body.hidden = !body.querySelector("tr:not(.group):not([hidden])");
  }

  function name(number, noun) {
    return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
  }

  function count(some) {
    // By party: the number of cells of each mark
    const none = () => data.parties.map(() => data.marks.map(() => 0));
    const counts = { all: none(), duties: duties.map(none), layer: {}, category: {} };
    for (const cell of some) {
      for (const of of [counts.all, counts.duties[cell.duty.place], counts.layer[cell.duty.layer] ||= none(),
        counts.category[cell.offering.category] ||= none()]) of[cell.party][cell.basis] += 1;
    }
    return counts;
  }
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

  function fillBar(bar, counts) {
    const totals = counts.map(sum), all = sum(totals);
    [...bar.children].forEach((part, place) => {
      part.hidden = !totals[place];
      part.style.flexGrow = totals[place];
      for (const piece of part.querySelectorAll("i")) {
        const cells = counts[place][Number(piece.classList[0].slice(1))];
        piece.hidden = !cells;
        piece.style.flexGrow = cells;
      }
      const said = all === 1 ? data.parties[place] : `${letters[place]} ${totals[place].toLocaleString("en")}`;
      part.querySelector("b").textContent = totals[place] > NARROW * all ? said : "";
    });
    const said = data.parties.map((party, place) => totals[place] && `${party} ${totals[place]}`).filter(Boolean).join(", ");
    bar.setAttribute("aria-label", said || "none");
  }

  function fillNumbers(row, counts) {
    [...row.querySelectorAll(".number")].forEach((cell, place) => { cell.textContent = sum(counts[place]).toLocaleString("en"); });
  }

  function sortFound() {
    if (sorted.column < 0) return;
    const [, shownAs, by = shownAs] = columns[sorted.column];
    const sign = sorted.down ? -1 : 1;
    const keys = new Map(found.map((cell) => [cell, by(cell)]));
    const compare = new Intl.Collator("en").compare;
    found.sort((one, other) => {
      const [a, b] = [keys.get(one), keys.get(other)];
      return sign * (typeof a === "number" ? a - b : compare(a, b));
    });
  }

  function fillRows() {
    $("rows").replaceChildren(...found.slice(0, shown).map(makeRow));
    const rest = Math.max(found.length - shown, 0);
    $("more").hidden = !rest;
    $("rest").textContent = rest ? `${name(rest, "cell")} more; search first, to print those that you need.` : "";
    $("more").textContent = `Show ${Math.min(MORE, rest)} more of ${rest.toLocaleString("en")}`;
  }

  function make(name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }

  function makeRow(cell) {
    const row = make("tr");
    row.setAttribute("role", "row");  // said outright, as a phone shows rows as cards
    columns.forEach(([heading, of], place) => {
      const box = row.appendChild(place ? make("td") : Object.assign(make("th"), { scope: "row" }));
      box.setAttribute("role", place ? "cell" : "rowheader");
      box.dataset.label = heading;
      if (heading === "Responsible") box.append(makeParty(cell));
      else if (heading === "Source") box.append(...makeSources(cell), ...makeReport(cell).flatMap((link) => [" ", link]));
      else box.textContent = of(cell);
      if (!box.textContent) box.classList.add("empty");
      if (["AWS's part", "Customer's part", "Note", "Source"].includes(heading)) box.classList.add("words");
    });
    return row;
  }

  function makeParty({ party, basis }) {
    const kind = data.parties[party].replaceAll(" ", "-");
    return make("span", `${letters[party]}  ${data.parties[party]}`, `party ${kind}${data.paler[basis] ? ` k${basis}` : ""}`);
  }

  function makeSources(cell) {
    const sections = data.facts[cell.fact][SECTIONS].split(" | ");
    return data.facts[cell.fact][SOURCES].split("; ").flatMap((id, place) => {
      const row = sources[id];
      if (!row) return [];
      const [page, edition, read] = row.children;
      const said = [sections[place] === page.textContent ? "" : sections[place], edition.textContent, read.textContent && `read ${read.textContent}`];
      return [...(place ? [make("br")] : []), ...[...page.childNodes].map((node) => node.cloneNode(true)),
        make("span", ` ${said.filter(Boolean).join(", ")}`, "muted")];
    });
  }

  // A link to the form for a wrong cell, filled in with what the tables say of it; none without a form.
  function makeReport(cell) {
    if (!data.report) return [];
    const { address, fields, version, stated } = data.report;
    const says = stated[`${cell.offering.place} ${cell.duty.place}`] ?? data.parties[cell.party];
    const values = [cell.offering.id, cell.duty.id, says, version];
    const query = new URLSearchParams(fields.map((name, place) => [name, values[place]]));
    return [Object.assign(make("a", "report"), {
      href: `${address}&${query}`, target: "_blank", rel: "noopener noreferrer", title: "Report that this cell is wrong",
    })];
  }

  function showDetail(cell) {
    const fact = data.facts[cell.fact];
    $("detail-title").textContent = `${cell.offering.name}: ${cell.duty.name}`;
    const list = make("dl");
    const entries = [["Responsible", makeParty(cell)], ["Customer action", fact[ACTION]], ["AWS's part", fact[AWS_PART]], ["Customer's part", fact[CUSTOMER_PART]],
      ["AWS's part is done by", fact[PERFORMED_BY]], ["Note", fact[NOTE]], ["Owner", cell.owner], ["Assumed", cell.offering.assumed ? `${cell.offering.assumed.toLocaleString("en")} of ${name(cell.offering.resources, "resource")}: the inventory leaves open which offering they are` : ""],
      ["Basis", `${data.marks[cell.basis]} ${data.bases[cell.basis]}`.trim()], ["Scope", fact[SCOPE]], ["Source", makeSources(cell)], ["Is it wrong?", makeReport(cell)]];
    for (const [name, value] of entries) {
      if (value === "" || value.length === 0) continue;
      const box = make("dd");
      box.append(...(Array.isArray(value) ? value : [value]));
      list.append(make("dt", name), box);
    }
    $("detail-text").replaceChildren(list);
    $("detail").showModal();
  }

  // Picking
  function pick(name) {
    const wanted = name.trim().toLowerCase();
    const exact = offerings.filter((it) => it.name.toLowerCase() === wanted || it.service.toLowerCase() === wanted || it.id === wanted);
    const question = ask.understand(name);
    const meant = question.unknown.length || question.duties.length ? [] : question.offerings.map((place) => offerings[place]);
    const words = fold(name).split(" ").filter(Boolean).map((word) => ` ${word} `);
    const named = offerings.filter((it) => words.length && words.every((word) => `${it.names} `.includes(word)));
    const some = [exact, meant, named].find((of) => of.length) ?? [];
    some.forEach((it) => picked.add(it.place));
    if (wanted && !some.length) { $("count").textContent = `No offering is called "${name}".`; return; }
    $("pick").value = "";
    fillPicked();
    update();
  }

  function fillPicked() {
    $("picked").replaceChildren(...[...picked].map((place) => {
      const button = make("button", `${offerings[place].name} \u00d7`);
      button.type = "button";
      button.setAttribute("aria-label", `Remove ${offerings[place].name}`);
      button.addEventListener("click", () => { picked.delete(place); fillPicked(); update(); $("pick").focus(); });
      const item = make("li");
      item.append(button);
      return item;
    }));
  }

  // The address holds what is shown, so that a found view can be sent. A frame in a notebook has none.
  let isReading = false;

  function saveState() {
    clearTimeout(waiting.state);
    if (isReading) return;
    waiting.state = setTimeout(() => {
      const state = new URLSearchParams(fields.filter((id) => $(id).value).map((id) => [id, $(id).value]));
      if (picked.size) state.set("pick", [...picked].map((place) => offerings[place].id).join(" "));
      if (sorted.column >= 0) state.set("sort", `${columns[sorted.column][0]}${sorted.down ? " down" : ""}`);
      try {
        if (`${state}` || location.hash.includes("=")) history.replaceState(null, "", `#${state}`);
      } catch { /* no address to write to */ }
    }, 200);
  }

  function readState() {
    if (!location.hash.includes("=")) return false;
    const state = new URLSearchParams(location.hash.slice(1));
    for (const id of fields) $(id).value = state.get(id) ?? "";
    picked.clear();
    const wanted = (state.get("pick") ?? "").split(" ");
    for (const id of wanted) offerings.filter((it) => it.id === id).forEach((it) => picked.add(it.place));
    const sort = state.get("sort") ?? "";
    sorted = { column: columns.findIndex(([heading]) => heading === sort.replace(/ down$/, "")), down: sort.endsWith(" down") };
    markSorted();
    fillPicked();
    return true;
  }

  function markSorted() {
    [...$("headings").children].forEach((box, place) => {
      if (place === sorted.column) box.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else box.removeAttribute("aria-sort");
    });
  }

  // Set up
  const known = new Set(offerings.flatMap((it) => [it.service, it.name]));
  function fillChoices() {
    $("owner-field").hidden = !hasOwners;
    for (const [id, of] of Object.entries(choices)) {
      const order = { duty: duties.map((duty) => duty.name), party: data.parties }[id];
      const values = order || [...new Set(cells.map(of))].filter(Boolean).sort();
      $(id).append(...values.map((value) => make("option", value)));
    }
    $("names").append(...[...known].sort().map((name) => Object.assign(make("option"), { value: name })));
  }

  function fillHeadings() {
    $("headings").replaceChildren(...columns.map(([heading], place) => {
      const box = Object.assign(make("th"), { scope: "col" });
      const button = Object.assign(make("button", heading), { type: "button" });
      button.addEventListener("click", () => {
        sorted = { column: place, down: sorted.column === place && !sorted.down };
        markSorted();
        sortFound();
        saveState();
        fillRows();
      });
      box.append(button);
      return box;
    }));
  }

  function updateSoon() {
    cancelAnimationFrame(waiting.frame);
    waiting.frame = requestAnimationFrame(update);
  }

  fillChoices();
  fillHeadings();
  $("choose").addEventListener("input", (event) => { if (event.target.id !== "pick") updateSoon(); });
  $("choose").addEventListener("reset", () => { picked.clear(); fillPicked(); updateSoon(); });
  $("choose").addEventListener("submit", (event) => event.preventDefault());
  $("text").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); goToFirst(); } });
  $("filters").open = matchMedia("(min-width: 62rem)").matches;  // a phone shows the answer first
  $("pick").addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); pick(event.target.value); } });
  $("pick").addEventListener("input", (event) => {
    const isTaken = event.inputType === "insertReplacementText" || event.inputType === undefined;
    if (isTaken && known.has(event.target.value)) pick(event.target.value);  // from the list of names
  });
  $("more").addEventListener("click", () => { shown += MORE; fillRows(); });
  addEventListener("beforeprint", () => { if (isAsked()) { shown = Math.max(shown, MORE); fillRows(); } });
  $("matrix").addEventListener("click", (event) => {
    const box = event.target.closest("td");
    if (!box) return;
    const place = Number(box.parentElement.dataset.place);
    const cell = getCell(place, box.cellIndex - 1);
    if (cell) showDetail(cell);
  });
  $("detail").addEventListener("click", (event) => { if (event.target === $("detail")) $("detail").close(); });
  $("matrix").classList.add("scripted");
  for (const element of [$("choose"), $("said"), $("cells"), ...document.querySelectorAll(".scripted[hidden]")]) element.hidden = false;
  addEventListener("pageshow", () => { readState(); updateSoon(); });  // after the browser has filled in what was there before
  addEventListener("hashchange", () => { if (readState()) update(); });
  isReading = true;
  readState();
  update();
  isReading = false;
})();
