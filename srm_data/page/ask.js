// Find what a question such as "who patches rds?" asks, and the cells that answer it, in the steps of understand.py and
// questions.py in srm_data/names/, which explain them. "look" gives party and action of a cell, by offering and duty.
"use strict";
const makeAsk = (table, shown, look) => {
  const [NAMED, OFFICIAL, COMMON, MACHINE, DUTY, TOPIC] = [0, 1, 2, 4, 5, 6];  // kinds of phrases
  const { points, sides, heeded: heededBy } = table, PLURAL = "services", NO_SENSES = ["", "common", "thing"];
  const [senses, spellings, identifiers, families] = [table.senses, table.spellings, table.identifiers, table.families].map((of) => new Map(Object.entries(of))), [makers, little, generic] = [table.makers, table.little, table.generic].map((words) => new Set(words));
  const [names, spokenWords, wordsOf, vocabulary] = [new Map(), new Map(), new Map(), new Set()], [pairs, known, joined] = [new Set(), new Set(), new Set()];
  const unique = (values) => [...new Set(values)], key = (values) => values.join(), sum = (values) => values.reduce((one, other) => one + other, 0), sorted = (values) => [...values].sort((one, other) => one - other);
  const isWithin = (one, other) => one.every((place) => other.includes(place)), overlaps = (one, other) => one.some((place) => other.includes(place)), without = (one, other) => one.filter((place) => !other.includes(place));
  const serviceOf = (place) => shown.offerings[place].service, isWord = (text) => /^[a-z0-9]+$/.test(text), count = (words, of) => words.filter((word) => wordsOf.get(of)?.has(word)).length;
  const fold = (text) => (text.toLowerCase().replaceAll("\u00df", "ss").replaceAll("\u0153", "oe").normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("e-mail", "email").replace(/(?:@|\bat[ -])aws\b/g, " ataws").match(/[a-z0-9]+|[,/&+]/g) ?? []);
  const split = (text) => fold(text).map((word) => spellings.get(word) ?? word).filter((word) => isWord(word) && !makers.has(word) && !little.has(word));
  // Words without plural and other endings, as in index.py
  const cut = (word, end) => word.slice(0, word.at(end - 1) === word.at(end - 2) && !"ls".includes(word.at(end - 1)) ? end - 1 : end);
  function stem(word) {
    if (word.length > 6 && word.endsWith("ing")) return cut(word, -3);
    if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
    if (word.length > 3 && /[^su]s$/.test(word) && (word.length < 5 || !word.endsWith("is"))) word = word.slice(0, -1);
    return word.length > 4 ? word.replace(/e$/, "") : word;
  }
  function findRoot(word) {
    const root = stem(word);
    if (root.length > 5 && root.endsWith("ed")) return root.endsWith("ied") ? `${root.slice(0, -3)}y` : cut(root, -2);
    return (root.length < 7 || word.endsWith("ing") ? root : root.replace(/ion$/, "")).replace(/^(.{5,})at$/, "$1");
  }
  // The index of phrases, by the first word of each
  for (const [text, kind, meaning] of table.phrases) {
    const words = split(text), isSpoken = kind === DUTY || kind === TOPIC, roots = words.map(isSpoken ? findRoot : stem), index = isSpoken ? spokenWords : names;
    index.set(roots[0], [...(index.get(roots[0]) ?? []), [roots, kind, meaning]]);
    roots.forEach((root) => known.add(root));
    if (kind === MACHINE) continue;
    words.forEach((word) => vocabulary.add(word));
    if (fold(text).some((word) => !isWord(word) || senses.get(word) === "join")) joined.add(key(roots));
    if (kind >= DUTY) continue;
    words.slice(1).forEach((word, at) => pairs.add(`${words[at]} ${word}`));
    const [offering, other] = table.meanings[meaning];
    if (other === undefined) wordsOf.set(offering, new Set([...(wordsOf.get(offering) ?? []), ...roots]));
  }
  for (const word of senses.keys()) if (!word.includes(" ")) vocabulary.add(word);
  const isKnown = (word) => senses.has(word) || known.has(stem(word)) || known.has(findRoot(word));
  // Letters to insert, delete, replace or swap between two words
  function measure(one, other) {
    let [before, last, row] = [[], [], [...other, ""].map((_, place) => place)];
    for (let i = 1; i <= one.length; i += 1) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= other.length; j += 1) {
        const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1), isSwapped ? before[j - 2] + 1 : Infinity);
      }
    }
    return row.at(-1);
  }
  const sortLetters = (word) => [...word].sort().join(""), listNear = (word, most) => [...vocabulary].filter((other) => Math.abs(other.length - word.length) <= most).map((other) => [other, measure(word, other)]).filter(([, distance]) => distance <= most);
  const isLikely = (word, other) => other.length > 2 && (word.length > 5 || (word[0] === other[0] && (other.length > word.length || sortLetters(word) === sortLetters(other))));
  const findClosest = (word) => listNear(word, word.length < 9 ? 1 : 2).filter(([other]) => isLikely(word, other)).sort(([word, one], [longer, other]) => one - other || longer.length - word.length)[0]?.[0];
  const isRight = (word) => word.length < 3 || !/^[a-z]+$/.test(word) || isKnown(word) || makers.has(word);
  const correct = (word) => (isRight(word) ? word : findClosest(word) || (/(?:s|...ed)$/.test(word) && findClosest(word.replace(/(?<=...)(?:es|ed)$|s$/, ""))) || word);
  const findNear = (unknown) => unique(unknown.flatMap((word) => listNear(word, Math.floor(word.length / 2))).filter(([other, distance]) => distance && !senses.has(other)).sort(([, one], [, other]) => one - other).map(([other]) => other)).slice(0, 4);
  function findIdentifier(folded) {
    const [, sign] = /^([a-z]+-)(?=[a-f]*\d)[\da-f]{4,17}$/.exec(folded) ?? [];  // the beginning of an id, as i-0abc
    if (sign || (!folded.includes("::") && !/^(?:arn:|aws_|awscc_)/.test(folded))) return identifiers.get(sign) ?? -1;
    const arn = folded.split(":"), pieces = folded.split("::"), wider = pieces.length === 3 ? [folded, pieces.slice(0, 2).join("::")] : [folded];
    if (arn[0] === "arn" && arn.length >= 6) wider.push(`${arn[2]}:${arn.slice(5).join("/").split("/")[0]}`, arn[2]);
    if (folded.startsWith("aws")) wider.push(...[...folded].map((_, end) => folded.slice(0, folded.length - end)));
    return identifiers.get(wider.find((one) => identifiers.has(one))) ?? -1;
  }
  const findSense = (words) => senses.get(words.join(" ")) || senses.get(words.map((word) => (senses.get(word) === PLURAL ? PLURAL : word)).join(" ")) || "";
  // The words that may be part of a phrase, and those that ask for something
  function listTokens(text) {
    const words = [], meanings = new Map(), spans = [], sensed = [], groups = new Map(), tokens = [], asked = [];
    for (const part of text.split(/\s+/).filter(Boolean)) {
      const folded = part.replace(/^[?!.,;"'()]+|[?!.,;"'()]+$/g, "").toLowerCase(), meaning = findIdentifier(folded);
      if (meaning >= 0) meanings.set(words.push(folded) - 1, meaning);
      for (const word of meaning < 0 ? fold(part) : part.endsWith(",") ? [","] : []) {
        const before = words.at(-1) ?? "", right = spellings.get(word) ?? correct(word), both = [before + word, before + right].find((one) => vocabulary.has(one)) ?? "", isApart = both.length > 4 && isWord(before) && ![before, before + word, before + right].some((one) => senses.has(one));
        if (isApart && ![word, right].some((one) => pairs.has(`${before} ${one}`))) words[words.length - 1] = both;
        else words.push(right);
      }
    }
    for (let at = 0; at < words.length; at += spans.at(-1).of.length) {
      const of = [6, 5, 4, 3, 2, 1].map((size) => words.slice(at, at + size)).find((some, n) => n === 5 || findSense(some));
      spans.push({ at, of, own: meanings.has(at) ? "" : findSense(of) });
    }
    for (const [n, { at, of, own: listed }] of spans.entries()) {
      const [after, other] = spans.slice(n + 1).map((span) => span.own), isWhich = [...sensed, ...spans.map((span) => span.own)].includes("which");
      const isMany = of.length > 1 && [PLURAL, ...families.keys()].includes(senses.get(of.at(-1))) && of.at(-1).endsWith("s"), isAfter = of.length > 1 || !n || ["which", "estate", ...families.keys()].includes(sensed.at(-1));
      const isSure = isMany || (isAfter && isWhich), own = ["join", "or"].includes(after) && families.has(other) ? findSense([...of, PLURAL]) || listed : listed === "what" && families.has(after) ? "which" : listed;
      const sense = families.has(listed) ? (isSure ? own : "") : own === "estate" && sensed.includes("no") ? "ours" : own, isAsked = ![...NO_SENSES, "aside", "join", "beside", PLURAL].includes(sense);
      sensed.push(...of.map(() => sense));
      if (isAsked) groups.set(at, [of.join(" "), sense]);
    }
    let isJoined = false, isMade = false;
    words.forEach((word, at) => {
      if (groups.has(at)) asked.push([tokens.length, ...groups.get(at)]);
      const isJoin = !/^[a-z0-9]/.test(word) || (sensed[at] === "beside" ? sensed.includes("compare") : ["join", "or", "compare"].includes(sensed[at]));
      const weight = families.has(sensed[at]) ? 0 : NO_SENSES.includes(sensed[at]) && !generic.has(stem(word)) ? points.word : points.plain;
      [isJoined, isMade] = [isJoined || isJoin, makers.has(word) || (isMade && !little.has(word))];
      if (isJoin || makers.has(word) || little.has(word) || !(meanings.has(at) || isWord(word))) return;
      tokens.push({ word, stem: stem(word), root: findRoot(word), weight, isJoined, isMade, meaning: meanings.get(at) ?? -1 });
      isJoined = isMade = false;
    });
    return [tokens, asked];
  }
  // The phrases of an index in a question, by the places of their words
  const locate = (roots, index) => unique(roots).flatMap((root) => (index.get(root) ?? []).flatMap(([words, kind, meaning]) => {
    const starts = [...roots.keys()].filter((at) => words.every((word, n) => roots[at + n] === word));
    if (starts.length || !words.every((word) => roots.includes(word))) return starts.map((start) => ({ places: words.map((_, n) => start + n), isWhole: true, kind, meaning }));
    return [{ places: sorted(unique(words.map((word) => roots.indexOf(word)))), isWhole: false, kind, meaning }];
  }));
  function findNames(tokens, spoken, isWhich) {
    const matches = new Map(tokens.flatMap(({ meaning }, at) => (meaning < 0 ? [] : [[`${at}`, { places: [at], kind: NAMED, meaning: table.meanings[meaning], isWhole: true }]])));
    for (const { places, isWhole, kind: own, meaning } of locate(tokens.map((token) => token.stem), names)) {
      const kind = tokens[places[0]].isMade && own !== MACHINE ? NAMED : own, other = matches.get(key(places));
      if (places.some((place) => !tokens[place].weight) || (other && kind > other.kind)) continue;
      const same = other?.kind === kind ? other : { meaning: [], isWhole: false };
      matches.set(key(places), { places, kind, meaning: unique([...same.meaning, ...table.meanings[meaning]]), isWhole: isWhole || same.isWhole, hasJoin: joined.has(key(places.map((place) => tokens[place].stem))) });
    }
    return [...matches.values()].filter((name) => !isWhich || !spoken.some((one) => one.isWhole && without(name.places, one.places).every((place) => tokens[place].weight === points.plain)));
  }
  // The names that explain most of a question, with the words for duties beside them
  function weigh(tokens, chosen, matches, spoken) {
    const weight = (place) => tokens[place].weight, taken = chosen.flatMap((name) => name.places), ordered = [...chosen].sort((one, other) => one.places[0] - other.places[0]);
    const duties = without(unique(spoken.filter((one) => !isWithin(one.places, taken)).flatMap((one) => one.places)), taken);
    const isDuty = ordered.map((name) => name.kind !== NAMED && spoken.some((one) => key(one.places) === key(name.places)));
    const isSame = ordered.map((name) => chosen.some((other) => other.meaning.length < name.meaning.length && isWithin(other.meaning, name.meaning)));
    const isSure = ordered.map((name, n) => name.kind <= OFFICIAL || !isDuty[n]);
    const follows = ordered.map(({ places: [first] }, n) => n > 0 && ordered[n - 1].places.at(-1) + 1 === first && tokens[first].isJoined);
    return sum(duties.map(weight)) + Math.max(0, ...chosen.map((name) => points.any_name[name.kind])) + sum(ordered.map((name, n) => {
      const isBeside = follows[n] || Boolean(follows[n + 1]), isSplit = tokens.slice(name.places[0] + 1, name.places.at(-1) + 1).some((token) => token.isJoined);
      let own = sum(name.places.map((place) => Math.min(weight(place), points.of_name[name.kind]))) + (isDuty[n] ? points.as_duty : 0);
      if (isSplit) own += name.isWhole ? (name.hasJoin ? points.joined : 0) : points.split;
      if (name.isWhole && !isDuty[n]) own += points.whole * (name.places.length - 1);
      if (follows[n] && isSure[n - 1] && isSure[n]) own += points.joined;
      else if (chosen.length > 1 && !isBeside && (name.kind >= COMMON || isSame[n])) own = Math.min(own, 0);
      else if (n) own += points.more;
      const hasOther = matches.some((one) => one.kind <= OFFICIAL && one.isWhole && !overlaps(one.places, name.places));
      return own + (name.kind >= COMMON && !isBeside && hasOther ? points.beside : 0);
    }));
  }
  function chooseNames(tokens, matches, spoken) {
    const score = (chosen) => [chosen, weigh(tokens, chosen, matches, spoken)], choose = (choices) => choices.reduce((one, other) => (other[1] > one[1] ? other : one));
    function extend(before) {
      const after = choose([before, ...matches.filter((one) => !before[0].some((other) => overlaps(one.places, other.places))).map((one) => score([...before[0], one]))]);
      return after === before ? before : extend(after);
    }
    const [best] = choose([score([]), ...matches.map((one) => extend(score([one])))]);
    const phrases = spoken.filter((one) => one.places.length > 1).map((one) => key(one.places));
    const isShorter = (one, name) => one.kind <= OFFICIAL && one.meaning[0] === name.meaning[0] && isWithin(one.places, name.places) && phrases.includes(key(without(name.places, one.places)));
    return best.map((name) => matches.find((one) => isShorter(one, name)) ?? name).sort((one, other) => one.places[0] - other.places[0]);
  }
  function countVotes(votes, tokens, taken) {
    const cast = votes.flatMap(({ places, meaning, isWhole }) => {
      const rest = without(places, taken), size = sum((rest.length ? rest : places).map((place) => tokens[place].weight));
      return meaning.map((duty, n) => ({ duty, vote: points.votes[Math.min(n, 2)] * size * size + (isWhole ? 1 : 0), first: places[0], meaning }));
    });
    const of = (duty) => cast.filter((one) => one.duty === duty), total = (duty) => sum(of(duty).map((one) => one.vote)), first = (duty) => Math.min(...of(duty).map((one) => one.first));
    const ranked = unique(cast.map((one) => one.duty)).sort((one, other) => total(other) - total(one) || first(one) - first(other) || one - other);
    const [best] = of(ranked[0]).sort((one, other) => other.vote - one.vote || other.meaning.length - one.meaning.length);
    return [ranked, ranked.filter((duty) => best.meaning.includes(duty))];
  }
  function splitVariants(group, tokens) {
    const services = group.map(serviceOf), all = [...group, ...[...shown.offerings.keys()].filter((place) => services.includes(serviceOf(place)))];
    const side = tokens.map((_, at) => tokens.slice(1, at + 1).filter((one) => one.isJoined).length);
    const sides = unique(side).map((n) => unique(tokens.filter((_, at) => side[at] === n).map((token) => token.stem))).filter((words) => all.some((place) => count(words, place)));
    const firsts = unique(sides.map((words) => all.reduce((one, other) => (count(words, other) > count(words, one) ? other : one))));
    return firsts.length > 1 ? firsts.map((first) => [first]) : [];
  }
  function understand(text) {
    const [tokens, words] = listTokens(text.replace(new RegExp(table.control, "gi"), "framework control")), spoken = locate(tokens.map((token) => token.root), spokenWords).filter(({ places }) => places.some((place) => tokens[place].weight)).map((one) => ({ ...one, meaning: table.spoken[one.meaning], topic: table.topics[one.meaning] }));
    const matches = findNames(tokens, spoken, words.some(([, , sense]) => sense === "which")), chosen = chooseNames(tokens, matches, spoken);
    const taken = sorted(chosen.flatMap((name) => name.places)), size = ({ places }) => sum((isWithin(places, taken) ? places : without(places, taken)).map((place) => tokens[place].weight).filter((weight) => weight > points.plain));
    const own = spoken.filter((one) => without(one.places, taken).some((place) => tokens[place].weight > (one.kind === TOPIC ? points.plain : 0))), rests = own.map((one) => without(one.places, taken)), isPlain = rests.flat().every((place) => tokens[place].weight === points.plain);
    const kept = own.filter((one) => !rests.some((other) => one.places.length < other.length && isWithin(one.places, other))), same = isPlain ? spoken.filter((one) => key(one.places) === key(taken)) : [], votes = same.length ? same : kept;
    const counted = countVotes(votes, tokens, taken), rest = without([...tokens.keys()], [...taken, ...votes.flatMap((vote) => vote.places)]);
    // what is asked of the names, the variants that the rest of the words mean, and what is left
    const asked = words.filter(([at, word]) => !taken.includes(at) || !tokens[at].isMade || !makers.has(word)), of = asked.map(([, , sense]) => sense);
    const official = chosen.filter((name) => name.kind <= OFFICIAL), variants = (of.includes("compare") || of.includes("or")) && official.length === 1 ? splitVariants(official[0].meaning, tokens) : [];
    const isApart = variants.length && votes.flatMap((vote) => without(vote.places, taken)).every((at) => variants.some(([place]) => count([tokens[at].stem], place))), [duties, meant] = isApart ? [[], []] : counted;
    const spare = unique(rest.filter((at) => tokens[at].weight > points.plain).map((at) => tokens[at].stem)), groups = variants.length ? variants : chosen.map((name) => [...name.meaning].sort((one, other) => count(spare, other) - count(spare, one)));
    const longest = Math.max(1, ...votes.filter((one) => !one.topic).map(size)), firsts = unique(groups.map((group) => group[0]));
    const others = [...new Map(votes.filter((one) => one.topic && size(one) >= longest).map((one) => [one.topic, one.meaning]))], isOpen = of.includes("form") && !of.some((sense) => table.parties.includes(sense)), topics = isOpen && !others.length ? [[table.form, duties.slice(0, 2)]] : others;
    const [kind, side] = findKind(of, groups, firsts, duties, topics.length, taken.some((place) => tokens[place].meaning >= 0)), isLimited = kind === "which" || !firsts.length, wanted = unique(of.filter((sense) => isLimited && families.has(sense)));
    const named = unique([...firsts, ...groups.flat()]), all = named.length || (kind !== "which" && !wanted.length) ? named : unique([...table.often, ...shown.offerings.keys()]);
    const held = all.map((place) => wanted.filter((limit) => families.get(limit)[1].includes(place)).length), most = Math.max(0, ...held), offerings = all.filter((_, n) => held[n] === most), limits = most ? wanted : [];
    const unused = asked.filter(([, , sense]) => (families.has(sense) ? !limits.includes(sense) : heededBy[sense] && !heededBy[sense].includes(kind))).map(([, word]) => word);
    const shownBy = votes.filter((vote) => kind !== "which" || vote.meaning.includes(duties[0])).flatMap((vote) => vote.places), heard = groups.flat();
    const left = tokens.filter((token, at) => ![...taken, ...shownBy].includes(at) && token.weight > points.plain && !heard.some((place) => count([token.stem], place)));
    return { offerings, named: firsts.filter((place) => offerings.includes(place)).length, duties, meant, kind, side, families: limits.map((limit) => families.get(limit)[0]), topics, unused, unknown: unique(left.map((token) => token.word)) };
  }
  // Whether a question asks for offerings, duties, or a comparison, and whose part it asks for
  function findKind(of, groups, firsts, duties, hasTopic, isExact) {
    const ranked = of.map((sense) => table.asked[sense]).filter(Boolean), hasSide = ranked.length > 0, last = Math.max(...ranked.map(([rank]) => rank));
    const negations = of.filter((sense) => sense === "no" || sense === "not"), turns = ["party", "part", ...negations].filter((sense) => of.includes(sense)), isEither = /(?:we|ours) or aws|aws or (?:we|ours)/.test(of.filter((sense) => ["we", "ours", "or", "aws"].includes(sense)).join(" ")), isSide = negations.length <= (hasSide ? 1 : 0) && !isEither;
    const side = turns.reduce((is, sense) => sides[is][4][sense] ?? is, ranked.findLast(([rank]) => rank === last)?.[1] ?? "aws"), isWhich = isSide && (of.includes("which") || (hasSide && of.some((sense) => families.has(sense))));
    const all = unique(groups.flat()), services = unique(all.map(serviceOf)), isList = all.length > 1 && (hasSide || (groups.length === 1 && services.length > 1));
    if (isWhich && duties.length && !hasTopic && (isList || !groups.length)) return ["which", side];
    if (firsts.length === 1 && !duties.length && isSide && of.some((sense) => sense === "party" || (sense !== "we" && table.asked[sense])) && !["shared", "single", "absent"].includes(side)) return ["act", sides[side][1].includes("AWS") ? "aws" : sides[side][2].includes("none") ? "free" : "must"];
    return [firsts.length > 1 && of.includes("compare") ? "compare" : firsts.length === 1 && services.length === 1 && all.length > 1 && !isExact && (of.includes("compare") || !duties.length) ? "service" : "cell", ""];
  }
  // Places of offering and duty of the cells that answer a question, best first
  function listCells({ offerings, named, duties: asked, meant, kind, side }) {
    const firsts = offerings.slice(0, named), isOpen = meant.length > 1, duties = asked.length ? asked : offerings.length ? table.varying : [];
    const list = (some, of) => some.flatMap((place) => of.map((duty) => [place, duty])).filter((cell) => look(...cell));
    const choose = (cells, is, rank) => cells.filter((cell) => is(...look(...cell))).sort((one, other) => rank(...look(...one)) - rank(...look(...other)));
    if (kind === "which") {
      const [, parties, actions, isEvery] = sides[side], fits = (party, action) => parties.includes(party) || actions.includes(action), rank = (party, action) => 2 * ["Shared", "Not applicable"].indexOf(party) + (action === "optional" ? 1 : 0);
      return meant.flatMap((duty) => choose(list(named > 1 ? firsts : offerings, [duty]).filter(([place]) => !isEvery || list([place], meant).every((cell) => fits(...look(...cell)))), fits, rank));
    }
    const order = side === "aws" ? (party) => ["AWS", "Shared"].indexOf(party) : (_, action) => [side === "free" ? "none" : "required", "optional"].indexOf(action);
    if (kind === "act") return choose(list(firsts, duties), (...cell) => order(...cell) >= 0, order);
    if (kind === "compare" || kind === "service") {
      const rows = duties.map((duty) => list(kind === "compare" ? firsts : offerings, [duty])), isSame = (row) => (unique(row.map((cell) => look(...cell).join())).length < 2 ? 1 : 0);
      return (asked.length ? rows : rows.sort((one, other) => isSame(one) - isSame(other))).flat();
    }
    const alone = (place) => choose(list([place], duties), () => true, (party) => (isOpen && party === "Not applicable" ? 1 : 0));
    return offerings.length ? (asked.length ? offerings : firsts).flatMap(alone) : duties.flatMap((duty) => choose(list(table.often, [duty]), () => true, (party) => (party === "Not applicable" ? 1 : 0)));
  }
  return { understand, listCells, findNear, isKnown };
};
