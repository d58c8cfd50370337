"use strict";
// The search in the header: the front page answers below it, every other page leads there.
{
  const form = document.querySelector(".site-search"), field = form.querySelector("input");
  const place = document.getElementById("answers"), MOST = 12;
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (place) place.querySelector("a")?.click();
    else location.href = `${form.dataset.up}index.html#ask=${encodeURIComponent(field.value)}`;
  });
  if (place) {
    const offerings = ASK.offerings.map(([id, name, service, serviceId]) => ({ id, name, service, serviceId }));
    const duties = ASK.duties.map(([id, name]) => ({ id, name }));
    const look = (offering, duty) => {
      const cell = ASK.cells[offering]?.[duty];
      return cell && [ASK.parties[cell[0]], ASK.actions[cell[1]], ASK.marks[cell[2]]];
    };
    const ask = makeAsk(ASK.questions, { offerings, duties }, look);
    const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text }, more);
    // A control is known by its id in any usual spelling: AC-2(1), ac-2.1, AC-02 (01).
    const fold = (text) => text.toUpperCase().split(/[^A-Z0-9]+/).map((part) => part.replace(/^0+(?=\d)/, "")).filter(Boolean).join(" ");
    const ofIds = new Map(ASK.controls.flatMap(([framework, page, controls]) => controls.map(([id, title]) => [fold(id), { id, title, framework, page }])));
    const listControls = (text) => {
      const typed = text.match(/[a-z][\w.]*-[\w-]+(\s?\(\d+\)|\.\d+)?/gi) ?? [];
      return [...new Set([text, ...typed].map((part) => ofIds.get(fold(part))).filter(Boolean))];
    };
    const show = () => {
      const text = field.value.trim();
      place.hidden = !text;
      if (!text) return;
      const question = ask.understand(text), cells = ask.listCells(question);
      const list = make("ol", "");
      const controls = listControls(text);
      for (const { id, title, framework, page } of controls) {
        const item = make("li", "");
        item.append(make("a", `${id}, ${title}`, { href: `controls/${page}#${id}` }), ` ${framework}: who addresses it, service by service`);
        list.append(item);
      }
      for (const [offering, duty] of cells.slice(0, MOST)) {
        const { id, name, serviceId } = offerings[offering], [party, action, mark] = look(offering, duty);
        const item = make("li", "");
        item.append(
          make("a", `${name}, ${duties[duty].name}`, { href: `services/${serviceId}.html#${id}.${duties[duty].id}` }),
          " ", make("b", party, { className: `party ${party.replaceAll(" ", "-")}` }),
          action === "none" ? " " : ` Customer's action: ${action}. `, make("small", mark),
        );
        list.append(item);
      }
      const near = cells.length ? [] : ask.findNear(question.unknown);
      const named = (places, list) => places.map((place) => list[place].name);
      const meant = named(question.offerings.slice(0, question.named), offerings).join(", ") || question.families.join(", ") || "services asked about most often";
      const about = named(question.duties, duties).join(" or ") || "all duties";
      const topics = question.topics.map(([topic]) => `; ${topic} is not one of the duties`).join("");
      const isNotAsked = !cells.length && question.named && question.duties.length;
      const said = controls.length && !question.named ? "" : isNotAsked ? `${about}, a duty of AI, is not asked about ${meant}.` : cells.length ? `Understood as: ${meant}; ${about}${topics}.` : `No answer.${near.length ? ` Nearest: ${near.join(", ")}.` : ""}`;
      const more = cells.length > MOST ? [make("p", `The first ${MOST} of ${cells.length.toLocaleString("en")} answers.`, { className: "about" })] : [];
      place.replaceChildren(make("p", said, { className: "about" }), list, ...more);
    };
    field.addEventListener("input", show);
    const typed = /^#ask=(.*)$/.exec(location.hash);
    if (typed) field.value = decodeURIComponent(typed[1]);
    show();
    field.focus({ preventScroll: true });
  }
}
