"use strict";
// The search in the header: the front page answers below it, every other page leads there.
{
  const form = document.querySelector(".site-search"), field = form.querySelector("input");
  const place = document.getElementById("answers"), MOST = 12;
  const hasGuide = document.querySelector('nav a[href$="docs/index.html"]');
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (place) place.querySelector("a")?.click();
    else location.href = `${form.dataset.up}index.html#ask=${encodeURIComponent(field.value)}`;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    field.focus();
  });
  if (place) {
    const offerings = ASK.offerings.map(([id, name, service, serviceId]) => ({ id, name, service, serviceId }));
    const duties = ASK.duties.map(([id, name]) => ({ id, name }));
    const services = new Map(SERVICES.services.map(([id, name], at) => {
      const [status, note, partitions, fedramp, ...pages] = ASK.facts[at];
      return [id, { id, at, name, status, note, partitions, fedramp, pages, changes: ASK.changes.filter(([of]) => of === at) }];
    }));
    const look = (offering, duty) => {
      const cell = ASK.cells[offering]?.[duty];
      return cell && [ASK.parties[cell[0]], ASK.actions[cell[1]], ASK.marks[cell[2]]];
    };
    const ask = makeAsk(ASK.questions, { offerings, duties }, look);
    const link = (text, href) => make("a", text, { href });
    const small = (text) => make("small", text);

    // Words that ask for something else than a cell. Pages of the guide are there if it was built.
    const match = (words) => new RegExp(`(?<![\\w-])(?:${words})(?![\\w-]|\\.\\w)`, "g"), isAbout = (words, text) => match(words).test(text);
    const CHANGES = "chang(?:e|es|ed|ing|elog)|what'?s new|news|lately|recently|release notes|geandert|anderungen|neu(?:es)?|change(?:ment)?s?|nouveautes?|de neuf|feed";
    const FRAMEWORKS = "frameworks?|controls?(?! plane)|kontrollen|controles|nist|800-53|csf|ksis?|vererbt|herite";
    const NOT_HERE = "pci(?: dss)?|iso|27001|27017|ccm|caiq|c5(?! instance)|cis|soc ?2|hitrust|grundschutz";
    const WRONG = "(?:report|correct|flag|mend) (?:an? |this |the )?(?:wrong|mistake|error|cell|answer).*|wrong answer|mistake";
    // Words, what a list of services says, whether a service is in it, and what is said of a service named.
    const FACTS = [
      ["retired?|discontinued|end of life|eol|sunset|shut down|eingestellt|abgekundigt|retires?|(?:still|no longer) (?:supported|available)|support ends?", "retired", (of) => of.status === "retired", "status"],
      ["closed|deprecated|new customers|maintenance mode", "retired or closed to new customers", (of) => of.status !== "active", "status"],
      ["fedramp high", "in the FedRAMP boundary at High", (of) => of.fedramp.includes("High"), "fedramp"],
      ["fedramp(?: moderate)?", "in a FedRAMP boundary", (of) => of.fedramp, "fedramp"],
      ["gov ?cloud", "in GovCloud by AWS's list of endpoints", (of) => of.partitions.includes("GovCloud"), "partitions"],
      ["china", "in China by AWS's list of endpoints", (of) => of.partitions.includes("China"), "partitions"],
      ["(?:european )?sovereign(?: cloud)?|eusc", "in the European Sovereign Cloud by AWS's list of endpoints", (of) => of.partitions.includes("Sovereign"), "partitions"],
      ["partitions?|available in|regions?", "in any partition of AWS's list of endpoints", (of) => of.partitions, "partitions"],
    ];
    const PAGES = [
      ["cit(?:e|ing|ation)|quote|permalink|link to|share a|zitieren|citer", "Cite a cell", "index.html#cite"],
      ["data ?sets?|raw data|csv|json|parquet|sqlite|api|openapi|downloads?|duckdb|polars|datasette|machine.readable", "Files for programs", "index.html#files",
        ["model.csv", "model.parquet", "model.sqlite", "api/1/index.json", "api/1/changes.json", "api/1/openapi.yaml"]],
      ["dut(?:y|ies)|pflichten", "Duties", "index.html#duties"],
      ["services(?!/)", "Services", "index.html#services"],
      ["glossary|terms|glossar", "Glossary", "docs/reference/glossary.html"],
      ["columns?|dictionary|fields?|schema", "Data dictionary", "docs/reference/data-dictionary.html"],
      ["oscal|trestle|ssp", "OSCAL", "docs/guide/oscal.html"],
      ["ciso assistant", "CISO Assistant", "docs/guide/ciso-assistant.html"],
      ["bills?|invoice|inventory|our estate|my estate|terraform|state file|rechnung", "Your estate: from a bill, a Terraform state or a list", "docs/guide/estate.html"],
      ["review(?:ers?)?|excel|workbook|register|sign.?off|approv(?:e|al)", "The review round trip", "docs/guide/review.html"],
      ["charts?|plots?|slides?|picture", "Charts", "docs/guide/charts.html"],
      [`basis|documented|derived|defaults?|marks?|trust|how sure|source|${WRONG}`, "Read a cell: what it rests on, and how to correct it", "docs/guide/read-a-cell.html"],
      ["install|set ?up|python|jupyter|pandas|start", "Start", "docs/guide/start.html"],
      ["raci|tasks?|jira", "Tasks as CSV", "docs/guide/tasks.html"],
    ].filter(([, , page]) => hasGuide || !page.startsWith("docs/"));

    // A control is known by its id in any usual spelling: AC-2(1), ac-2.1, AC-02 (01).
    const fold = (text) => text.toUpperCase().split(/[^A-Z0-9]+/).map((part) => part.replace(/^0+(?=\d)/, "")).filter(Boolean).join(" ");
    const ofIds = new Map(ASK.controls.flatMap(([framework, page, controls]) => controls.map(([id, title, own, pattern]) => [fold(id), { id, title, framework, page, own, pattern }])));
    const listControls = (text) => {
      const typed = text.match(/[a-z][\w.]*-[\w-]+(\s?\(\d+\)|\.\d+)?/gi) ?? [];
      const ids = [text, ...typed].filter((part) => ofIds.has(fold(part)));
      return [[...new Set(ids.map((part) => ofIds.get(fold(part))))], ids.reduce((left, part) => left.replace(part, " "), text)];
    };
    const ADDRESSED = { i: "inherited", c: "configured", l: "left to the customer", n: "not applicable" };

    // What a question asks beside cells: controls, facts of services, changes and pages, as items of a list.
    const describeControl = ({ id, title, framework, page, own, pattern }, named) => {
      const all = link(`${id}, ${title}`, `controls/${page}#${id}`), by = own.map((duty) => duties[duty].name).join(", ");
      if (pattern < 0) return [[all, ` ${framework}: the organisation's own, no duty of a service carries it`]];
      const [letters, differing] = SERVICES.patterns[pattern], exceptions = new Map(differing), of = id.replace(/\(.*/, "");
      const count = (letter) => [...letters].filter((one) => one === letter).length;
      if (!named.length) {
        const counts = `Inherited from ${count("i")} services, configured in ${count("c")}, left to the customer in ${count("l")}. `;
        return [[all, ` ${framework}, carried by ${by}. ${counts}`, ...listServices(pattern, of, "", make)]];
      }
      return named.map((service) => [
        link(`${id} for ${service.name}`, `services/${service.id}.html#${of}`), " ",
        make("b", SERVICES.exceptions[exceptions.get(service.at)] ?? ADDRESSED[letters[service.at]]), `. ${title}, carried by ${by}. `, link("All services", all.getAttribute("href")),
      ]);
    };
    const cite = (place) => {
      const [title, url, edition] = ASK.pages[place] ?? [];
      return url ? [", by ", link(title, url), `, ${edition}`] : [];
    };
    const countChanges = ({ changes }) => `${changes.length || "no"} changed ${changes.length === 1 ? "answer" : "answers"}`;
    const describeService = (service) => [
      link(service.name, `services/${service.id}.html`), `: ${[`${service.status}.`, service.note].filter(Boolean).join(" ")} FedRAMP: ${service.fedramp || "not in the marketplace's list"}. Partitions: ${service.partitions || "not in AWS's list"}. `,
      link("Controls", `services/${service.id}.html#controls`), ", ", link(countChanges(service), `services/${service.id}.html#changes`), ", ", link("as JSON", `api/1/services/${service.id}.json`),
    ];
    // A fact about a service in plain words, with the page that says so. Lists name services, not the ways to run one.
    const describeFact = ([, , isIn, key], service, others, text) => {
      const { id, name, status, note, partitions, fedramp, pages: [ofStatus, ofPartitions, ofFedramp] } = service;
      const alone = others.length ? ` The list names the service, not ${others.join(" or ")}.` : "";
      const [says, more] = {
        status: [[` is ${status}`, ...cite(ofStatus)], `. ${note}`],
        partitions: partitions ? [[" is in these partitions: ", partitions, ...cite(ofPartitions)], `.${alone}`] : [[" is not in AWS's list of endpoints"], ", which says nothing about where it runs."],
        fedramp: fedramp ? [[" is within the FedRAMP boundary: ", fedramp, ...cite(ofFedramp)], `.${alone}`] : [[" is not named in the FedRAMP marketplace's list"], ", which may have changed since."],
      }[key];
      const isOfRegion = key === "partitions" && isAbout("regions?|available in", text), isListed = Boolean(service[key]);
      const short = key === "status" || isOfRegion || !isListed ? "" : isIn(service) ? "Yes. " : "No. ";
      return [short, link(name, `services/${id}.html`), ...says, more, isOfRegion ? " Single Regions are not in this data." : ""];
    };
    const describeChanges = (service) => [
      [link(`Changes of ${service.name}`, `services/${service.id}.html#changes`), `: ${countChanges(service)}${ASK.since ? ` since ${ASK.since}` : ""}. `, link("As a feed", `services/${service.id}.atom`)],
      ...service.changes.map(([, version, cell, change, why, page]) => [link(cell, page), ` ${[change, why].filter(Boolean).join(", ")}, in ${version}`]),
    ];
    const listFirst = (text, controls, named, others, topics) => {
      const items = controls.flatMap((control) => describeControl(control, named));
      const isNot = isAbout("not|no|without|nicht|kein|pas", text), fact = FACTS.find(([words]) => isAbout(words, text));
      if (fact && named.length) items.push(...named.map((service) => describeFact(fact, service, others(service), text)));
      else if (fact) {
        const listed = [...services.values()].filter((service) => Boolean(fact[2](service)) !== isNot);
        items.push([`${listed.length} services are ${isNot ? "not " : ""}${fact[1]}: `, make("ul", listed.map(({ id, name }) => make("li", link(name, `services/${id}.html`))), { className: "names" })]);
      }
      const isNotHere = isAbout(NOT_HERE, text), isFramework = isNotHere || isAbout(FRAMEWORKS, text) || topics.some((topic) => topic.startsWith("a control"));
      if (isFramework && !controls.length) {
        items.push(...named.map(({ id, name }) => [link(`Controls of ${name}`, `services/${id}.html#controls`), " inherited, configured, left"]));
        if (isNotHere) items.push([link("Frameworks whose texts are not here", "controls/index.html#own"), " such as PCI DSS and ISO 27001: load your own copy"]);
        items.push([link("Controls of frameworks", "controls/index.html"), ` ${[...new Set(ASK.controls.map(([framework]) => framework))].join(", ")}`]);
      }
      if (isAbout(CHANGES, text) || topics.some((topic) => topic.startsWith("a change"))) {
        items.push(...named.flatMap(describeChanges), [link("Changed answers", "changes.html"), " release by release, and ", link("as JSON", "api/1/changes.json")]);
      }
      return items;
    };
    // An offering by its name or identifier alone: its column among the answers of its service.
    const describeOffering = (offering) => {
      const { id, name, service, serviceId } = offerings[offering];
      return [link(name, `services/${serviceId}.html#${id}`), `: all its duties beside those of ${service}`];
    };
    const describeCell = ([offering, duty]) => {
      const { id, name, serviceId } = offerings[offering], [party, action, mark] = look(offering, duty);
      return [
        link(`${name}, ${duties[duty].name}`, `services/${serviceId}.html#${id}.${duties[duty].id}`),
        " ", make("b", party, { className: `party ${party.replaceAll(" ", "-")}` }),
        action === "none" ? " " : ` Customer's action: ${action}. `, small(mark),
      ];
    };

    const show = () => {
      const text = field.value.trim(), [controls, rest] = listControls(text);
      const plain = rest.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("\u2019", "'");
      place.hidden = !text;
      history.replaceState(null, "", text ? `#ask=${encodeURIComponent(text)}` : location.pathname);
      if (!text) return;
      // what is answered beside cells is not asked of cells as well
      const aside = [CHANGES, FRAMEWORKS, NOT_HERE, WRONG, ...FACTS.map(([words]) => words)];
      const topics = ask.understand(text).topics.map(([topic]) => topic);
      const question = ask.understand(aside.reduce((left, words) => left.replace(match(words), " "), plain));
      const asked = question.offerings.slice(0, question.named), named = [...new Set(asked.map((offering) => services.get(offerings[offering].serviceId)))];
      const listOthers = ({ id, name }) => asked.map((at) => offerings[at]).filter((of) => of.serviceId === id && !name.includes(of.name) && new RegExp(of.name.replace(/[^\w ]/g, "."), "i").test(text)).map((of) => of.name);
      const first = listFirst(plain, controls, named, listOthers, topics), pages = PAGES.filter(([words]) => isAbout(words, plain)).map(([, title, page, files = []]) => [link(title, page), ...files.flatMap((file, at) => [at ? ", " : ": ", link(file, file)])]);
      // the cells of a control are those of its duties; what is about no service has none beside another answer
      const ofControls = [...new Set(controls.flatMap(({ own }) => own))].sort((one, other) => one - other);
      const isWhich = question.kind === "which", isElsewhere = !named.length && (first.length || (pages.length && !isWhich));
      const cells = isElsewhere || (first.length && !controls.length && !question.duties.length) ? [] : controls.length ? ask.listCells({ ...question, duties: ofControls, kind: "cell", isOpen: false }) : ask.listCells(question);
      const isPlain = named.length && !question.duties.length && !question.side && !first.length;  // by name alone
      const isOffering = isPlain && question.kind === "cell" && asked.length === 1, alone = isOffering ? asked.map(describeOffering) : named.map(describeService);
      const ofDuties = named.length || isElsewhere ? [] : question.duties.map((duty) => [link(`${duties[duty].name}: all services`, `duties/${duties[duty].id}.html`), ", ", link("as JSON", `api/1/duties/${duties[duty].id}.json`)]);
      const isLater = named.length > 0 || isWhich, words = question.unknown.join(" ") || text;  // pages come after the cells of a service
      const guide = hasGuide && !cells.length && !first.length ? [[link(`Search the guide for \u201c${words}\u201d`, `docs/search.html?q=${encodeURIComponent(words)}`)]] : [];
      const items = [
        ...first, ...(isPlain ? alone : []), ...(isLater ? [] : pages), ...cells.slice(0, MOST).map(describeCell),
        ...(isLater ? pages : []), ...ofDuties, ...((isPlain && !isOffering) || first.length ? [] : named.map(describeService)), ...guide,
      ];

      const near = cells.length ? [] : ask.findNear(question.unknown), nameAll = (places, of) => places.map((at) => of[at].name);
      const meant = nameAll(asked, offerings).join(", ") || question.families.join(", ") || "services asked about most often";
      const about = nameAll(controls.length ? ofControls : question.duties, duties).join(" or ") || "all duties";
      const isNotAsked = !cells.length && question.named && question.duties.length && !first.length;
      const others = question.topics.map(([topic]) => topic).map((topic) => `; ${topic} is not one of the duties`).join("");
      const understood = isNotAsked ? `${about}, a duty of AI, is not asked about ${meant}.` : cells.length ? `Understood as: ${meant}; ${about}${first.length ? "" : others}.`
        : first.length || pages.length ? "" : `No answer.${near.length ? ` Nearest: ${near.join(", ")}.` : ""}`;
      const list = make("ol", items.map((item) => make("li", item)));
      place.replaceChildren(make("p", understood, { className: "about" }), list);
      if (cells.length <= MOST) return;
      const last = list.children[first.length + (isPlain ? alone.length : 0) + (isLater ? 0 : pages.length) + MOST - 1];
      const more = make("button", `Show all ${cells.length.toLocaleString("en")}`, { type: "button" });
      more.addEventListener("click", () => {
        last.after(...cells.slice(MOST).map((cell) => make("li", describeCell(cell))));
        more.parentElement.remove();
        last.nextElementSibling.querySelector("a").focus();
      });
      place.append(make("p", [`The first ${MOST} of ${cells.length.toLocaleString("en")} answers. `, more], { className: "about" }));
    };
    const read = () => {
      const typed = /^#ask=(.*)$/.exec(location.hash);
      if (typed) field.value = decodeURIComponent(typed[1]);
      show();
    };
    const examples = document.querySelector(".examples");
    examples.replaceChildren("Ask ", ...examples.textContent.split(" \u00b7 ").flatMap((text, at) => [at ? " \u00b7 " : "", link(text, `#ask=${encodeURIComponent(text)}`)]));
    examples.hidden = false;
    field.addEventListener("input", show);
    addEventListener("hashchange", () => location.hash.startsWith("#ask=") && read());
    if (/^#(?!ask=)./.test(location.hash)) place.hidden = true;
    else read();
    field.focus({ preventScroll: true });
  }
}
