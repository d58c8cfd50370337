// Understand a question such as "who patches rds?" and list the cells that answer it, best first. The steps and the
// table of phrases are those of understand.py and questions.py in srm_data/names/, where they are explained; a test
// compares the two. "look" gives party and action of a cell, by the places of its offering and duty.
"use strict";
const makeAsk = (table, shown, look) => {
  const [serviceOf, offeringNames] = ["service", "name"].map((of) => shown.offerings.map((one) => one[of])), dutyNames = shown.duties.map((one) => one.name);
  const [NAMED, OFFICIAL, COMMON, MACHINE, DUTY, TOPIC, GROUP] = [0, 1, 2, 4, 5, 6, 7];  // kinds of phrases
  const SHORTEST = 5, LONG = 9, LONGEST_SENSE = 4;
  const PLAIN = 1, WORD = 4, WORDS_OF_NAME = [4, 4, 3, 3, 2], ANY_NAME = [5, 5, 4, 2, 2];  // points
  const JOINED = 5, MORE = -2, WHOLE = 2, APART = -1, SPLIT = -3, BESIDE = -4, AS_DUTY = -4, VOTES = [6, 4, 3];
  const NO_SENSES = new Set([undefined, "common", "thing", "part"]), NOT_ASKED = new Set([...NO_SENSES, "aside", "join", "beside"]);
  const UNUSED = { which: ["which"], not: ["which"], compare: ["compare", "service"] };
  const senses = new Map(Object.entries(table.senses)), spellings = new Map(Object.entries(table.spellings));
  const [makers, little, generic] = [table.makers, table.little, table.generic].map((words) => new Set(words));
  const schemes = new Map(Object.entries(table.identifiers).map(([scheme, known]) => [scheme, new Map(Object.entries(known))]));
  const namePhrases = new Map(), dutyPhrases = new Map(), wordsOf = new Map(), vocabulary = new Set(), pairs = new Set(), known = new Set(), joined = new Set();

  const unique = (values) => [...new Set(values)], key = (places) => places.join();
  const isWithin = (one, other) => one.every((place) => other.includes(place)), overlaps = (one, other) => one.some((place) => other.includes(place));
  const without = (one, other) => one.filter((place) => !other.includes(place));
  const add = (values) => values.reduce((sum, value) => sum + value, 0);
  const isLetters = (word) => /^[a-z0-9]+$/.test(word);
  const fold = (text) => (text.toLowerCase().replaceAll("\u00df", "ss").normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("e-mail", "email")
    .replace(/(?:@|\bat[ -])aws\b/g, " ataws").match(/[a-z0-9]+|[,/&+]/g) ?? []);
  const split = (text) => fold(text).map((word) => spellings.get(word) ?? word).filter((word) => isLetters(word) && !makers.has(word) && !little.has(word));

  function stem(word) {
    if (word.length > 6 && word.endsWith("ing")) {
      word = word.slice(0, -3);
      if (word.at(-1) === word.at(-2) && !"ls".includes(word.at(-1))) word = word.slice(0, -1);
    }
    if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    if (word.length > 3 && word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us"))
      word = word.endsWith("is") && word.length > 4 ? word : word.slice(0, -1);
    return word.length > 4 && word.endsWith("e") ? word.slice(0, -1) : word;
  }
  function findRoot(word) {
    const root = stem(word);
    if (root.length > 5 && root.endsWith("ied")) return `${root.slice(0, -3)}y`;
    if (root.length > 5 && root.endsWith("ed")) return root.at(-3) === root.at(-4) && !"ls".includes(root.at(-3)) ? root.slice(0, -3) : root.slice(0, -2);
    return root.length > 6 && root.endsWith("ion") && !word.endsWith("ing") ? root.slice(0, -3) : root;
  }

  // The index of phrases, by the first word of each
  for (const [text, kind, meaning] of table.phrases) {
    const words = split(text), isSpoken = kind === DUTY || kind === TOPIC, roots = words.map(isSpoken ? findRoot : stem);
    if (!roots.length) continue;
    const index = isSpoken ? dutyPhrases : namePhrases;
    index.set(roots[0], [...(index.get(roots[0]) ?? []), [roots, kind, meaning]]);
    roots.forEach((root) => known.add(root));
    if (kind === MACHINE) continue;
    words.forEach((word) => vocabulary.add(word));
    if (fold(text).some((word) => !isLetters(word) || senses.get(word) === "join")) joined.add(key(roots));
    if (kind >= DUTY) continue;
    words.slice(1).forEach((word, at) => pairs.add(`${words[at]} ${word}`));
    const [first, ...others] = table.meanings[meaning];
    if (!others.length && first !== undefined) wordsOf.set(first, new Set([...(wordsOf.get(first) ?? []), ...roots]));
  }
  const parts = new Set([...senses].filter(([, sense]) => sense === "part").map(([words]) => key(split(words).map(stem))));
  [...senses.keys()].filter((word) => !word.includes(" ")).forEach((word) => vocabulary.add(word));
  const letters = [...vocabulary], isKnown = (word) => senses.has(word) || known.has(stem(word)) || known.has(findRoot(word));

  // Identifiers of machines, and words that are written apart or misspelled
  function findIdentifier(folded) {
    for (const names of schemes.values()) if (names.has(folded)) return names.get(folded);
    const arn = folded.split(":"), pieces = folded.split("::"), wider = [];
    if (arn[0] === "arn" && arn.length >= 6) wider.push(["arn-resource", `${arn[2]}:${arn.slice(5).join("/").split("/")[0]}`], ["iam-prefix", arn[2]]);
    if (pieces.length === 3) wider.push(["cloudformation-namespace", pieces.slice(0, 2).join("::")]);
    for (const [scheme, name] of wider) if (schemes.get(scheme)?.has(name)) return schemes.get(scheme).get(name);
    const prefixes = schemes.get("terraform-prefix") ?? new Map(), begins = [...prefixes.keys()].filter((prefix) => folded.startsWith(prefix));
    return begins.length ? prefixes.get(begins.reduce((one, other) => (other.length > one.length ? other : one))) : -1;
  }
  function measure(one, other, most) {  // letters to insert, delete, replace or swap; more than "most" where it is more
    let [before, last, row] = [[], [], Array.from({ length: other.length + 1 }, (_, place) => place)];
    for (let i = 1; i <= one.length; i += 1) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= other.length; j += 1) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > most + 1) return most + 1;
    }
    return row[other.length];
  }
  function findClosest(word) {
    const most = word.length < SHORTEST ? 0 : word.length < LONG ? 1 : 2, sorted = (text) => [...text].sort().join("");
    let near = "", least = most + 1;
    for (const other of most ? letters : []) {
      if (other.length < SHORTEST - 1 || Math.abs(other.length - word.length) > most) continue;
      const distance = measure(word, other, most), isLikely = word.length > SHORTEST || other.length > word.length || sorted(word) === sorted(other);
      if (distance < least && isLikely) [near, least] = [other, distance];
    }
    return near;
  }
  function findAlike(word) {
    if (word.length < SHORTEST || !/^[a-z]+$/.test(word) || isKnown(word) || makers.has(word)) return "";
    return findClosest(word) || (/(?:s|es|ed)$/.test(word) ? findClosest(word.replace(/(?:es|ed|s)$/, "")) : "");
  }
  function findNear(unknown) {
    const near = new Map();
    for (const word of unknown) {
      const most = Math.floor(word.length / 2);
      for (const other of letters) {
        if (senses.has(other) || other === word || Math.abs(other.length - word.length) > most) continue;
        const distance = measure(word, other, most);
        if (distance <= most) near.set(other, Math.min(distance, near.get(other) ?? distance));
      }
    }
    return [...near.keys()].sort((one, other) => near.get(one) - near.get(other)).slice(0, 4);
  }

  function listTokens(text) {
    const words = [], meanings = new Map();
    for (const part of text.split(/\s+/).filter(Boolean)) {
      const folded = part.replace(/^[?!.,;"'()]+|[?!.,;"'()]+$/g, "").toLowerCase();
      const isIdentifier = folded.includes("::") || ["arn:", "aws_", "awscc_"].some((begins) => folded.startsWith(begins));
      const meaning = isIdentifier ? findIdentifier(folded) : -1;
      for (const word of meaning < 0 ? fold(part) : [folded, ...(part.endsWith(",") ? [","] : [])]) {
        const before = words.at(-1) ?? "", both = before + word, isSame = meaning >= 0 && word === folded;
        if (isSame) meanings.set(words.length, meaning);
        if (!isSame && isLetters(before) && both.length >= SHORTEST && vocabulary.has(both) && !senses.has(both) && !pairs.has(`${before} ${word}`)) words[words.length - 1] = both;
        else words.push(isSame ? word : spellings.get(word) ?? (findAlike(word) || word));
      }
    }
    const sensed = [], groups = new Map();
    for (let at = 0, size; at < words.length; at += size) {
      for (size = Math.min(LONGEST_SENSE, words.length - at); size > 1 && !senses.has(words.slice(at, at + size).join(" ")); size -= 1);
      const group = words.slice(at, at + size).join(" "), sense = meanings.has(at) ? undefined : senses.get(group);
      for (let n = 0; n < size; n += 1) sensed.push(sense);
      if (!NOT_ASKED.has(sense)) groups.set(at, [group, sense]);
    }
    const joins = ["join", "compare", ...(sensed.includes("compare") ? ["beside"] : [])], tokens = [], asked = [];
    let isJoined = false, isMade = false;
    words.forEach((word, at) => {
      if (groups.has(at)) asked.push([tokens.length, ...groups.get(at)]);
      const isJoin = !/^[a-z0-9]/.test(word) || joins.includes(sensed[at]), isPlain = !NO_SENSES.has(sensed[at]) || generic.has(stem(word));
      isJoined ||= isJoin;
      if (makers.has(word)) isMade = true;
      else if ((meanings.has(at) || isLetters(word)) && !little.has(word) && !isJoin) {
        tokens.push({ word, stem: stem(word), root: findRoot(word), weight: isPlain ? PLAIN : WORD, isJoined, isMade, meaning: meanings.get(at) ?? -1 });
        isJoined &&= isPlain && sensed[at] !== undefined;
        isMade = false;
      }
    });
    return [tokens, asked];
  }

  // Names and words for duties in a question, by the places of their words
  function* locate(roots, index) {
    for (const root of unique(roots)) for (const [words, kind, meaning] of index.get(root) ?? []) {
      const starts = [...roots.keys()].filter((at) => roots[at] === root && words.every((word, n) => roots[at + n] === word));
      for (const start of starts) yield { places: words.map((_, n) => start + n), isWhole: true, kind, meaning };
      if (!starts.length && words.every((word) => roots.includes(word)))
        yield { places: unique(words.map((word) => roots.indexOf(word))).sort((a, b) => a - b), isWhole: false, kind, meaning };
    }
  }
  function findMatches(tokens, isWhich) {
    const names = new Map();
    tokens.forEach(({ meaning }, at) => { if (meaning >= 0) names.set(key([at]), { places: [at], kind: NAMED, meaning: table.meanings[meaning], isWhole: true }); });
    for (const one of locate(tokens.map((token) => token.stem), namePhrases)) {
      if (one.kind === GROUP && !isWhich) continue;
      const kind = (tokens[one.places[0]].isMade && one.kind !== MACHINE) || one.kind === GROUP ? NAMED : one.kind, other = names.get(key(one.places));
      if (other && kind > other.kind) continue;
      const same = other?.kind === kind ? other : { meaning: [], isWhole: false };
      names.set(key(one.places), { places: one.places, kind, meaning: unique([...same.meaning, ...table.meanings[one.meaning]]), isWhole: one.isWhole || same.isWhole });
    }
    const spoken = [...locate(tokens.map((token) => token.root), dutyPhrases)].map((one) => ({ ...one, meaning: table.spoken[one.meaning], topic: table.topics[one.meaning] }));
    const all = [...names.values()], ofPeople = all.filter((name) => name.kind !== MACHINE);
    return [ofPeople.length ? ofPeople : all, spoken];
  }

  // The names that explain most of a question, with the words for duties beside them
  function weigh(tokens, chosen, names, spoken) {
    const taken = chosen.flatMap((name) => name.places), ordered = [...chosen].sort((a, b) => a.places[0] - b.places[0]);
    const duties = without(unique(spoken.filter((one) => !isWithin(one.places, taken)).flatMap((one) => one.places)), taken);
    const isDuty = ordered.map((name) => name.kind !== NAMED && spoken.some((one) => key(one.places) === key(name.places)));
    const isSure = ordered.map((name, n) => name.kind <= OFFICIAL || !isDuty[n]);
    const follows = ordered.map(({ places: [first] }, n) => n > 0 && ordered[n - 1].places.at(-1) + 1 === first && tokens[first].isJoined);
    return add(duties.map((place) => tokens[place].weight)) + Math.max(0, ...chosen.map((name) => ANY_NAME[name.kind])) + add(ordered.map((name, n) => {
      let points = add(name.places.map((place) => Math.min(tokens[place].weight, WORDS_OF_NAME[name.kind])));
      const isSplit = tokens.slice(name.places[0] + 1, name.places.at(-1) + 1).some((token) => token.isJoined);
      if (!name.isWhole) points += isSplit ? SPLIT : APART;
      else if (!isDuty[n]) points += WHOLE * (name.places.length - 1) + (isSplit && joined.has(key(name.places.map((place) => tokens[place].stem))) ? JOINED : 0);
      if (isDuty[n]) points += AS_DUTY;
      const isBeside = follows[n] || Boolean(follows[n + 1]);
      const isSame = chosen.some((other) => other.meaning.length < name.meaning.length && isWithin(other.meaning, name.meaning));
      if (follows[n] && isSure[n - 1] && isSure[n]) points += JOINED;
      else if (chosen.length > 1 && !isBeside && (name.kind >= COMMON || isSame)) points = Math.min(points, 0);
      else if (n) points += MORE;
      const hasOther = names.some((one) => one.kind <= OFFICIAL && one.isWhole && !overlaps(one.places, name.places));
      return points + (name.kind >= COMMON && !isBeside && hasOther ? BESIDE : 0);
    }));
  }
  function chooseNames(tokens, names, spoken) {
    let best = [], most = weigh(tokens, [], names, spoken);
    for (const start of names) {
      let chosen = [start], score = weigh(tokens, chosen, names, spoken);
      for (;;) {
        const free = names.filter((one) => !chosen.some((other) => overlaps(one.places, other.places)));
        const scores = free.map((one) => weigh(tokens, [...chosen, one], names, spoken)), highest = Math.max(...scores);
        if (!free.length || highest <= score) break;
        [chosen, score] = [[...chosen, free[scores.indexOf(highest)]], highest];
      }
      if (score > most) [best, most] = [chosen, score];
    }
    const phrases = new Set(spoken.filter((one) => one.places.length > 1).map((one) => key(one.places)));
    return best.map((name) => names.find((other) => other.kind <= OFFICIAL && other.meaning[0] === name.meaning[0] && other.places.length < name.places.length
      && isWithin(other.places, name.places) && phrases.has(key(without(name.places, other.places)))) ?? name).sort((a, b) => a.places[0] - b.places[0]);
  }

  function countVotes(votes, tokens, taken) {
    const counts = new Map();
    for (const { places, meaning, isWhole } of votes) {
      const rest = without(places, taken), size = add((rest.length ? rest : places).map((place) => tokens[place].weight));
      meaning.forEach((duty, position) => {
        const vote = VOTES[Math.min(position, VOTES.length - 1)] * size * size + (isWhole ? 1 : 0) + (overlaps(places, taken) ? 0 : 1);
        const one = counts.get(duty) ?? { duty, count: 0, first: places[0], best: 0, isOpen: false };
        one.isOpen = vote > one.best ? meaning.length > 1 : one.isOpen || (vote === one.best && meaning.length > 1);
        counts.set(duty, { ...one, count: one.count + vote, first: Math.min(one.first, places[0]), best: Math.max(one.best, vote) });
      });
    }
    const ranked = [...counts.values()].sort((a, b) => b.count - a.count || a.first - b.first || a.duty - b.duty);
    return [ranked.map((one) => one.duty), ranked.length > 0 && ranked[0].isOpen];
  }
  const sortVariants = (group, rest) => [...group].sort((a, b) => add(rest.map((word) => (wordsOf.get(b)?.has(word) ? 1 : 0) - (wordsOf.get(a)?.has(word) ? 1 : 0))));
  function splitVariants(group, tokens, rest) {
    const sides = [[]];
    tokens.forEach((token, at) => {
      if (token.isJoined && at) sides.push([]);
      if (rest.includes(at)) sides.at(-1).push(token.stem);
    });
    const firsts = unique(sides.map(unique).filter((side) => group.some((place) => side.some((word) => wordsOf.get(place)?.has(word)))).map((side) => sortVariants(group, side)[0]));
    return firsts.length > 1 ? firsts.map((first) => [first]) : [];
  }

  function understand(text) {
    const [tokens, words] = listTokens(text), [names, spoken] = findMatches(tokens, words.some(([, , sense]) => sense === "which"));
    const chosen = chooseNames(tokens, names, spoken), taken = chosen.flatMap((name) => name.places).sort((a, b) => a - b);
    const own = spoken.filter((one) => !isWithin(one.places, taken)), rests = own.map((one) => without(one.places, taken));
    let votes = own.filter((one) => !rests.some((other) => one.places.length < other.length && isWithin(one.places, other)));
    if (!votes.length && parts.has(key(taken.map((place) => tokens[place].stem)))) votes = spoken.filter((one) => key(one.places) === key(taken));
    const [duties, isOpen] = countVotes(votes, tokens, taken);

    const covered = [...taken, ...votes.flatMap((vote) => vote.places)], rest = without([...tokens.keys()], covered);
    const asked = words.filter(([at, word]) => !taken.includes(at) || !makers.has(word)), of = asked.map(([, , sense]) => sense);
    let groups = chosen.map((name) => sortVariants(name.meaning, unique(rest.map((at) => tokens[at].stem))));
    if (of.includes("compare") && groups.length === 1) {
      const variants = splitVariants(chosen[0].meaning, tokens, rest);
      if (variants.length) groups = variants;
    }
    const isHeard = (word) => groups.some((group) => group.some((place) => wordsOf.get(place)?.has(word)));
    const unknown = unique(rest.filter((at) => tokens[at].weight > PLAIN && !isHeard(tokens[at].stem)).map((at) => tokens[at].word));

    const common = chosen.filter((name) => name.kind >= COMMON).map((name) => key(name.places)), size = (one) => add(one.places.map((place) => tokens[place].weight));
    const most = Math.max(0, ...votes.filter((one) => !one.topic).map(size));
    const topical = votes.length ? votes.filter((one) => one.topic) : spoken.filter((one) => one.topic && common.includes(key(one.places)));
    const topics = [...new Map(topical.filter((one) => size(one) >= most).map((one) => [one.topic, one.meaning]))];

    const firsts = unique(groups.map((group) => group[0])), [kind, side] = findKind(of, groups, firsts, duties);
    const unused = asked.filter(([, , sense]) => UNUSED[sense] && !UNUSED[sense].includes(kind)).map(([, word]) => word);
    return { offerings: unique([...firsts, ...groups.flat()]), named: firsts.length, duties, isOpen, kind, side, topics, unused, unknown };
  }
  function findKind(of, groups, firsts, duties) {
    const side = of.filter((sense) => sense === "aws" || sense === "ours").at(-1) ?? (of.includes("must") ? "ours" : "");
    const services = new Set(groups.flat().map((place) => serviceOf[place])), isFamily = firsts.length === 1 && groups[0].length > 1 && services.size === 1;
    const isSeveral = services.size > 1 && (groups.length === 1 || side !== "");
    if (of.includes("which") && duties.length && (!groups.length || isSeveral || (isFamily && side)))
      return ["which", of.filter((sense) => sense === "not").length % 2 ? (side === "ours" ? "none" : "ours") : side || "aws"];
    if (firsts.length > 1 && of.includes("compare")) return ["compare", ""];
    if (firsts.length === 1 && !duties.length && side) return ["act", side];
    return [isFamily && (of.includes("compare") || !duties.length) ? "service" : "cell", ""];
  }

  // Places of offering and duty of the cells that answer a question, best first
  function listCells({ offerings, named, duties: meant, isOpen, kind, side }) {
    if (!offerings.length && !meant.length) return [];
    const firsts = offerings.slice(0, named), duties = meant.length ? meant : table.varying;
    const list = (some, of) => some.flatMap((place) => of.filter((duty) => look(place, duty)).map((duty) => [place, duty]));
    const sort = (cells, by) => [...cells].sort((one, other) => by(...look(...one)) - by(...look(...other)));
    if (kind === "which") {
      const isOn = (party, action) => (side === "ours" ? action === "required" : action !== "required" && (side === "none" || party === "AWS" || party === "Shared"));
      const some = named > 1 ? firsts : named ? offerings : [...table.often, ...without([...offeringNames.keys()], table.often)];
      const last = { Shared: 2, "Not applicable": 4 };
      return sort(list(some, duties.slice(0, 1)).filter((cell) => isOn(...look(...cell))), (party, action) => (last[party] ?? 0) + (action === "optional" ? 1 : 0));
    }
    if (kind === "act" && side === "aws") return sort(list(firsts, duties).filter((cell) => ["AWS", "Shared"].includes(look(...cell)[0])), (party) => (party === "Shared" ? 1 : 0));
    if (kind === "act") return sort(list(firsts, duties).filter((cell) => ["required", "optional"].includes(look(...cell)[1])), (_, action) => (action === "optional" ? 1 : 0));
    if (kind === "compare" || kind === "service") {
      const rows = duties.map((duty) => list(kind === "compare" ? firsts : offerings, [duty])), isSame = (row) => (unique(row.map((cell) => look(...cell).join())).length < 2 ? 1 : 0);
      return (meant.length ? rows : rows.sort((one, other) => isSame(one) - isSame(other))).flat();
    }
    if (!offerings.length) return duties.flatMap((duty) => list(table.often, [duty]));
    return (meant.length ? offerings : firsts).flatMap((place) => sort(list([place], duties), (party) => (isOpen && party === "Not applicable" ? 1 : 0)));
  }

  // How a question was understood, and what its answer leaves out
  function describe(question, count) {
    const { offerings, named, duties, kind, side, topics, unused, unknown } = question, number = (value) => value.toLocaleString("en");
    const names = offerings.slice(0, named).map((place) => offeringNames[place]), meant = duties.map((place) => dutyNames[place]);
    const service = unique(offerings.map((place) => serviceOf[place])), parts = [], rest = [];
    if (!names.length && !meant.length) parts.push("nothing that names an offering or a duty");
    else if (kind === "which") {
      const of = named > 1 ? names.join(", ") : `${number(named ? offerings.length : offeringNames.length)} offerings${named && service.length === 1 ? ` of ${service[0]}` : ""}`;
      parts.push(`where ${meant[0]} ${table.sides[side]}: ${number(count)} of ${of}`);
    } else {
      const isBeside = (kind === "compare" || kind === "service") && !meant.length;
      parts.push((kind === "service" ? `${number(offerings.length)} offerings of ${service[0]}` : names.join(", ")) || "services asked about most often");
      parts.push(kind === "act" ? `what ${side === "aws" ? "AWS does" : "the customer must or may do"}` : `${meant.join(" or ") || "all duties"}${isBeside ? ", those in which they differ first" : ""}`);
    }
    for (const [topic, near] of topics) rest.push(`${topic} is not one of the ${dutyNames.length} duties; nearest: ${near.map((place) => dutyNames[place]).join(", ")}`);
    const leftOut = [...unused, ...unknown.filter(isKnown)], strange = unknown.filter((word) => !isKnown(word)), near = strange.length ? findNear(strange) : [];
    if (leftOut.length) rest.push(`left out: ${leftOut.join(", ")}`);
    if (unknown.length && offerings.length && !duties.length) rest.push(`no word for one of the ${dutyNames.length} duties`);
    if (strange.length) rest.push(`not understood: ${strange.join(", ")}${near.length ? ` (nearest: ${near.join(", ")})` : ""}`);
    return [...parts, ...rest].join("; ");
  }
  return { understand, listCells, describe, findNear };
};
