// Take a question such as "who patches rds?" apart and list the cells that answer it, best first. The steps
// and the table are those of understand.py, parts.py and find.py in srm_data/names/; a test compares the two.
"use strict";
const makeAsk = (table, isWithout) => {
  const NAMED = 0, OFFICIAL = 1, COMMON = 2, LOOSE = 3, MACHINE = 4;  // kinds of names
  const WEIGHTS = [4, 4, 3, 3, 2], PLAIN = 1, VOTES = [6, 4, 3];
  const SHORTEST = 5, LONG = 9, MOST_NAMED = 3;
  const [little, makers, aside, generic, things] = [table.little, table.makers, table.aside, table.generic, table.things].map((words) => new Set(words));
  const AS_WELL = /\b(?:as well as|along with|together with|plus)\b/g;  // what means "and" between two names
  const spellings = new Map(Object.entries(table.spellings));
  const schemes = Object.entries(table.identifiers).map(([scheme, known]) => [scheme, new Map(Object.entries(known).map(([name, meaning]) => [name, table.meanings[meaning]]))]);
  const phrases = new Map(), names = new Map(), wordsOf = new Map();
  const vocabulary = new Set(), stems = new Set(), roots = new Set(), doubled = new Set(), pairs = new Set();

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
    let root = stem(word);
    if (root.length > 5 && root.endsWith("ied")) return `${root.slice(0, -3)}y`;
    if (root.length > 5 && root.endsWith("ed")) {
      root = root.slice(0, -2);
      return root.at(-1) === root.at(-2) && !"ls".includes(root.at(-1)) ? root.slice(0, -1) : root;
    }
    return root.length > 6 && root.endsWith("ion") && !word.endsWith("ing") ? root.slice(0, -3) : root;
  }

  function split(text) {
    const words = text.toLowerCase().replaceAll("e-mail", "email").replace(/(?:@|\bat[ -])aws\b/g, " ataws").match(/[a-z0-9]+/g) ?? [];
    return words.map((word) => spellings.get(word) ?? word).filter((word) => !makers.has(word) && !little.has(word));
  }

  const unique = (values) => [...new Set(values)];
  const listRepeated = (words) => new Set(words.filter((word, place) => words.indexOf(word) < place));
  const append = (map, key, value) => { map.has(key) ? map.get(key).push(value) : map.set(key, [value]); };

  for (const [text, duties] of table.phrases) {
    const words = split(text);
    const of = words.map(findRoot);
    append(phrases, of[0], [of, duties]);
    of.forEach((root) => roots.add(root));
    words.forEach((word) => vocabulary.add(word));
  }
  for (const [text, kind, meaning] of table.names) {
    const words = split(text), offerings = table.meanings[meaning];
    const of = unique(words.map(stem));
    if (!of.length) continue;
    append(names, of[0], [of, listRepeated(words.map(stem)), kind, offerings]);
    of.forEach((word) => stems.add(word));
    if (kind === MACHINE) continue;
    words.forEach((word) => vocabulary.add(word));
    listRepeated(words.map(findRoot)).forEach((root) => doubled.add(root));
    words.slice(1).forEach((word, place) => pairs.add(`${words[place]} ${word}`));
    if (offerings.length === 1) wordsOf.set(offerings[0], new Set([...(wordsOf.get(offerings[0]) ?? []), ...of]));
  }
  const parts = new Set(table.parts.map((part) => split(part).map(stem).sort().join()));
  aside.forEach((word) => vocabulary.add(word));
  const letters = [...vocabulary];

  // The parts of a question that each name an offering
  const JOINS = "(?:\\b(?:and|or|vs|versus)\\b\\.?|[,/&+])", COMPARED = "(?:\\b(?:and|or|vs|versus|with|to|against|from)\\b\\.?|[,/&+])";
  const strip = (token) => token.replace(/^[?!.,;"'()]+|[?!.,;"'()]+$/g, "").toLowerCase();
  const isIdentifier = (folded) => folded.includes("::") || ["arn:", "aws_", "awscc_"].some((begins) => folded.startsWith(begins));

  function splitPieces(text) {
    const joins = new RegExp(/\b(?:compar|differ)/.test(text) ? COMPARED : JOINS), pieces = [[]];
    for (const token of text.split(/\s+/).filter(Boolean)) {
      if (isIdentifier(strip(token))) {
        pieces.at(-1).push(token);
        if (token.endsWith(",")) pieces.push([]);
        continue;
      }
      const [first, ...others] = token.split(joins);
      pieces.at(-1).push(first);
      others.forEach((other) => pieces.push([other]));
    }
    return pieces.map((piece) => piece.filter(Boolean).join(" ")).filter(Boolean);
  }

  const joinedNames = unique(table.names.map(([text]) => text).filter((text) => splitPieces(text).length > 1))
    .sort((one, other) => other.length - one.length).map((name) => [name, splitPieces(name).join(" ")]);

  // A word for a duty that is a name as well is meant as a name only if a name follows at once, or if it stands alone
  // behind a name, before nothing but such. An everyday name alone is meant as one beside another name.
  function markNames(pieces) {
    let follows = false, isLast = true;
    const marks = [...pieces].reverse().map((piece, at) => {
      const before = pieces[pieces.length - 2 - at];
      const isAlone = piece.names && piece.begins && piece.ends;
      const isBehind = isLast && isAlone && Boolean(before && (before.endsWord || (before.names && before.ends)));
      const isName = piece.names && (follows || !piece.isDuty || isBehind);
      follows = isName && piece.begins;
      isLast = isLast && (isAlone || !piece.names);
      return isName;
    }).reverse();
    return marks.map((mark, at) => mark || (pieces[at].isWord && Boolean(marks[at - 1])) || (pieces[at].endsWord && Boolean(marks[at + 1] && pieces[at + 1].begins)));
  }

  function joinPieces(pieces, isName) {
    const parts = [];
    let waiting = [];
    pieces.forEach((piece, place) => {
      waiting.push(piece);
      if (!isName[place]) return;
      parts.push(waiting.join(" and "));
      waiting = [];
    });
    if (waiting.length) parts.push([...parts.splice(-1), ...waiting].join(" and "));
    return parts;
  }

  function listParts(text) {
    for (const [name, apart] of joinedNames) text = text.replaceAll(name, apart);
    const pieces = splitPieces(text);
    if (pieces.length < 2) return pieces.length ? pieces : [text];
    const parts = joinPieces(pieces, markNames(pieces.map(parse)));
    return parts.length > 1 ? parts : [text];
  }

  // Identifiers of machines
  function findIdentifiers(text) {
    const found = [], rest = [];
    for (const token of text.split(/\s+/).filter(Boolean)) {
      const folded = strip(token), places = isIdentifier(folded) ? findIdentifier(folded) : [];
      found.push(...places);
      rest.push(places.length ? "" : token);
    }
    return [unique(found), rest.join(" ")];
  }

  function findIdentifier(folded) {
    for (const [, known] of schemes) if (known.has(folded)) return known.get(folded);
    const byScheme = new Map(schemes);
    for (const [scheme, identifier] of widen(folded)) {
      const known = byScheme.get(scheme);
      if (known?.has(identifier)) return known.get(identifier);
    }
    const prefixes = byScheme.get("terraform-prefix") ?? new Map();
    const begins = [...prefixes.keys()].filter((prefix) => folded.startsWith(prefix));
    return begins.length ? prefixes.get(begins.reduce((one, other) => (other.length > one.length ? other : one))) : [];
  }

  function widen(folded) {
    const parts = folded.split(":"), wider = [];
    if (parts[0] === "arn" && parts.length >= 6) {
      const kind = parts.slice(5).join(":").replaceAll(":", "/").split("/")[0];
      wider.push(["arn-resource", `${parts[2]}:${kind}`], ["iam-prefix", parts[2]]);
    }
    const pieces = folded.split("::");
    if (pieces.length === 3) wider.push(["cloudformation-namespace", pieces.slice(0, 2).join("::")]);
    return wider;
  }

  // Words that are written apart or misspelled
  function correct(words) {
    const joined = [];
    for (const word of words) {
      const both = joined.length ? joined.at(-1) + word : "";
      if (both.length >= SHORTEST && vocabulary.has(both) && !pairs.has(`${joined.at(-1)} ${word}`)) joined[joined.length - 1] = both;
      else joined.push(word);
    }
    return joined.map((word) => findAlike(word) || word);
  }

  const isKnown = (word) => aside.has(word) || stems.has(stem(word)) || roots.has(findRoot(word));

  function findAlike(word) {
    if (isKnown(word) || word.length < SHORTEST || /[0-9]/.test(word)) return "";
    const ending = word.match(/(?:s|es|ed)$/);
    return findNearest(word) || (ending ? findNearest(word.slice(0, ending.index)) : "");
  }

  function findNearest(word) {
    if (word.length < SHORTEST) return "";
    const most = word.length < LONG ? 1 : 2;
    let near = "", nearest = most + 1;
    for (const known of letters) {
      if (known.length < SHORTEST - 1 || Math.abs(known.length - word.length) > most) continue;
      const distance = measure(word, known, most);
      const isMeant = word.length > SHORTEST || known.length > word.length || sortLetters(word) === sortLetters(known);
      if (distance < nearest && isMeant) [near, nearest] = [known, distance];
    }
    return near;
  }

  const sortLetters = (word) => [...word].sort().join("");

  // Letters to insert, delete, replace or swap; more than "most" where it is more than that.
  function measure(one, other, most) {
    let [before, last, row] = [[], [], Array.from({ length: other.length + 1 }, (_, place) => place)];
    for (let i = 1; i <= one.length; i += 1) {
      [before, last, row] = [last, row, [i]];
      for (let j = 1; j <= other.length; j += 1) {
        const cost = one[i - 1] === other[j - 1] ? 0 : 1;
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
        if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      if (Math.min(...row) > most + 1) return most + 1;
    }
    return row[other.length];
  }

  function findNear(unknown) {
    const near = new Map();
    for (const word of unknown) {
      const most = Math.floor(word.length / 2);
      for (const known of letters) {
        if (aside.has(known) || known === word || Math.abs(known.length - word.length) > most) continue;
        const distance = measure(word, known, most);
        if (distance <= most) near.set(known, Math.min(distance, near.get(known) ?? distance));
      }
    }
    return [...near.keys()].sort((one, other) => near.get(one) - near.get(other)).slice(0, 4);
  }

  // Names and phrases of which the question has all words, by the places of the words
  const number = (words) => words.reduce((places, word, place) => (places.has(word) ? places : places.set(word, place)), new Map());

  function findNames(of, twice, afterMaker, begins) {
    const placeOf = number(of), found = new Map(), runsOf = new Map();
    for (const word of placeOf.keys()) {
      for (const [words, repeated, ownKind, offerings] of names.get(word) ?? []) {
        if (!words.every((it) => placeOf.has(it))) continue;
        const inName = words.map((it) => placeOf.get(it)), places = new Set(inName);
        const isWhole = inName.every((place, at) => !at || place - inName[at - 1] === 1) && isWithin(repeated, twice);
        const key = keyOf(places);
        if (!runsOf.has(key)) runsOf.set(key, listRuns(inName));
        const kind = afterMaker.has(words[0]) && ownKind !== MACHINE ? NAMED : ownKind;
        const before = found.get(key) ?? { kind: kind + 1, offerings: [], isWhole: false };
        if (kind > before.kind) continue;
        const meant = unique([...(kind === before.kind ? before.offerings : []), ...offerings]);
        found.set(key, { places, kind, offerings: meant, isWhole: isWhole || before.isWhole });
      }
    }
    const all = [...found.values()], spoken = all.filter((it) => it.kind !== MACHINE);
    return dropLonger(dropJoined(spoken.length ? spoken : all, begins), runsOf);
  }

  const keyOf = (places) => [...places].sort((a, b) => a - b).join();

  // The words of a name that follow each other, as in the name, by their places.
  function listRuns(inName) {
    const runs = [];
    for (const place of inName) {
      if (runs.length && place - runs.at(-1).at(-1) === 1) runs.at(-1).push(place);
      else runs.push([place]);
    }
    return runs;
  }

  // A name whose words stand apart is none, if some of them together already mean the same, and the others are a name.
  function dropLonger(all, runsOf) {
    const official = new Map(all.filter((it) => it.kind <= OFFICIAL).map((it) => [keyOf(it.places), it.offerings.join()]));
    return all.filter((it) => {
      const runs = runsOf.get(keyOf(it.places));
      return runs.length === 1 || !runs.every((run) => official.has(keyOf(run)))
        || !runs.some((run) => run.length > 1 && official.get(keyOf(run)) === it.offerings.join());
    });
  }

  // A name of which "and" or a comma separates the words is none, if each part is a name of its own.
  function dropJoined(all, begins) {
    const official = new Set(all.filter((it) => it.kind <= OFFICIAL).map((it) => keyOf(it.places)));
    return all.filter(({ places }) => {
      const parts = [];
      for (const place of [...places].sort((a, b) => a - b)) {
        if (begins.has(place) || !parts.length) parts.push([]);
        parts.at(-1).push(place);
      }
      return parts.length === 1 || !parts.every((part) => official.has(keyOf(part)));
    });
  }

  function findPhrases(of) {
    const placeOf = number(of);
    return [...placeOf.keys()].flatMap((root) => (phrases.get(root) ?? [])
      .filter(([words]) => words.every((it) => placeOf.has(it)))
      .map(([words, duties]) => ({ places: new Set(words.map((it) => placeOf.get(it))), duties })));
  }

  // A phrase that stands apart from a service in it, such as "SSE-S3" in "SSE-KMS of S3", is none, if another one
  // stands together.
  function dropApart(spoken, found) {
    const names = found.filter((it) => it.kind <= OFFICIAL && it.isWhole);
    const together = spoken.filter((it) => it.places.size > 1 && isTogether(it.places));
    return spoken.filter((it) => isTogether(it.places) || !together.some((other) => overlaps(it.places, other.places))
      || !names.some((name) => name.places.size < it.places.size && isWithin(name.places, it.places)));
  }

  // A phrase with words of another name of AWS's, of several words that stand together, is none, unless the name is a
  // phrase itself: "agent" in "the CloudWatch agent on EC2".
  function dropBorrowed(spoken, found, taken) {
    const others = found.filter((it) => it.kind <= OFFICIAL && it.isWhole && it.places.size > 1 && !overlaps(it.places, taken)
      && !spoken.some((phrase) => isWithin(it.places, phrase.places)));
    return spoken.filter((it) => !taken.size || !others.some((other) => overlaps(it.places, other.places)));
  }

  const isWithin = (one, other) => [...one].every((place) => other.has(place));
  const overlaps = (one, other) => [...one].some((place) => other.has(place));
  const isTogether = (places) => (Math.max(...places) - Math.min(...places) < places.size ? 1 : 0);
  const sum = (places, of) => [...places].reduce((total, place) => total + of(place), 0);

  function keepLongest(spoken, taken) {
    const own = spoken.filter((it) => !isWithin(it.places, taken));
    const rests = own.map((it) => new Set([...it.places].filter((place) => !taken.has(place))));
    return own.filter((it) => !rests.some((rest) => it.places.size < rest.size && isWithin(it.places, rest)));
  }

  // Words for a duty are left out of a name that names the same offering without them.
  function leaveDuty({ places, offerings }, found, spoken) {
    const isDuty = (it) => spoken.some(({ places: of }) => of.size > 1 && it.places.size + of.size === places.size && isWithin(of, places) && !overlaps(of, it.places));
    const shorter = found.find((it) => it.kind <= OFFICIAL && it.offerings[0] === offerings[0] && it.places.size < places.size && isWithin(it.places, places) && isDuty(it));
    return shorter?.places ?? places;
  }

  function weigh({ places, kind, isWhole }, spoken, weights, services, isThing) {
    const explained = new Set(keepLongest(spoken, places).flatMap((it) => [...it.places]));
    const named = [...places].filter((place) => !explained.has(place));

    // beside the name of a service, a common word is hardly meant as a name
    const beside = new Set(places.size && kind >= COMMON ? [...services].filter((place) => !places.has(place)) : []);
    const missed = [...beside].filter((place) => !explained.has(place));
    const total = sum(explained, (place) => (beside.has(place) ? PLAIN : weights[place])) - sum(missed, (place) => weights[place]) + sum(named, (place) => Math.min(weights[place], WEIGHTS[isThing ? OFFICIAL : kind]));

    // a common word is a name if it is no word for a duty as well, or if it means a resource
    const isDuty = !isThing && spoken.some((it) => it.places.size === places.size && isWithin(it.places, places));
    const hasDuty = !isWithin(explained, places);
    const isSure = places.size > 1 || kind <= OFFICIAL || (hasDuty && !isDuty);
    return [total, places.size ? (isSure ? 1 : -1) : 0, kind < LOOSE ? 1 : 0, isWhole ? 1 : 0, places.size];
  }

  function isMore(one, other) {
    const place = one.findIndex((value, at) => value !== other[at]);
    return place >= 0 && one[place] > other[place];
  }

  function countVotes(votes, weights, taken) {
    const counts = new Map();
    for (const { places, duties } of votes) {
      const size = sum(places, (place) => (taken.has(place) ? 0 : weights[place])), begins = Math.min(...places);
      duties.forEach((duty, position) => {
        const vote = VOTES[Math.min(position, VOTES.length - 1)] * size * size + isTogether(places) + (overlaps(places, taken) ? 0 : 1);
        const one = counts.get(duty) ?? { duty, count: 0, first: begins, best: 0, isOpen: false };
        one.count += vote;
        one.first = Math.min(one.first, begins);
        if (vote > one.best) [one.best, one.isOpen] = [vote, duties.length > 1];
        else if (vote === one.best) one.isOpen ||= duties.length > 1;
        counts.set(duty, one);
      });
    }
    const ranked = [...counts.values()].sort((a, b) => b.count - a.count || a.first - b.first || a.duty - b.duty);
    return [ranked.map((it) => it.duty), ranked.length > 0 && ranked[0].isOpen];
  }

  function parse(text) {
    const [outright, rest] = findIdentifiers(text);
    const given = split(rest), spelled = correct(given), words = unique(spelled), of = words.map(stem);
    const weights = words.map((word, place) => (aside.has(word) || generic.has(of[place]) ? PLAIN : WEIGHTS[NAMED]));
    const after = new RegExp(`\\b(?:${table.makers.join("|")})[ -]+([a-z0-9]+)`, "g");
    const afterMaker = new Set([...rest.toLowerCase().matchAll(after)].map((match) => stem(match[1])));

    const joins = new RegExp(`${JOINS} *(?:(?:the|${table.makers.join("|")}) +)*([a-z0-9]+)`, "g");
    const joined = new Set([...rest.toLowerCase().matchAll(joins)].map((match) => stem(match[1])));
    const begins = new Set(of.flatMap((word, place) => (joined.has(word) || (place && !isKnown(words[place - 1])) ? [place] : [])));

    // the reading that explains most of the question
    const found = outright.length ? [] : findNames(of, listRepeated(given.map(stem)), afterMaker, begins);
    const phrased = dropApart(findPhrases(words.map(findRoot)), found);
    const services = new Set(found.filter((it) => it.isWhole && it.kind <= OFFICIAL).flatMap((it) => [...it.places]));
    let best = { places: new Set(), kind: COMMON, offerings: [], isWhole: false };
    const weighReading = (reading) => weigh(reading, phrased, weights, services, [...reading.places].every((place) => things.has(of[place])));
    let most = weighReading(best);
    for (const reading of found) {
      const weight = weighReading(reading);
      if (isMore(weight, most)) [best, most] = [reading, weight];
    }
    const taken = leaveDuty(best, found, phrased), spoken = dropBorrowed(phrased, found, taken);
    const isPart = parts.has([...taken].map((place) => of[place]).sort().join());
    const own = keepLongest(spoken, isPart ? new Set() : taken);
    const echoed = listRepeated(spelled.map(findRoot)), again = (it) => [...it.places].every((place) => echoed.has(findRoot(words[place])) && !doubled.has(findRoot(words[place])));
    const votes = own.length ? own : spoken.filter(again);  // a word of the name once more, as in "backup of AWS Backup"
    const covered = new Set([...taken, ...votes.flatMap((it) => [...it.places])]);

    // other offerings that the rest of it names, and variants of which the rest speaks
    let groups = [outright, best.offerings].filter((group) => group.length);
    for (let more = 1; groups.length && more < MOST_NAMED; more += 1) {
      let other, weight = 0;
      for (const it of found) {
        const isFree = it.kind <= OFFICIAL && ![...it.places].some((place) => covered.has(place)) && [...it.places].some((place) => weights[place] > PLAIN);
        const own = sum(it.places, (place) => weights[place]);
        if (isFree && own > weight) [other, weight] = [it, own];
      }
      if (!other) break;
      other.places.forEach((place) => covered.add(place));
      groups.push(other.offerings);
    }
    const restOf = unique(of.filter((_, place) => !covered.has(place)));
    const shared = (place) => restOf.filter((word) => wordsOf.get(place)?.has(word)).length;
    groups = groups.map((group) => [...group].sort((a, b) => shared(b) - shared(a)));
    const heard = (word) => groups.some((group) => group.some((place) => wordsOf.get(place)?.has(word)));
    const unknown = words.filter((_, place) => !covered.has(place) && weights[place] !== PLAIN && !heard(of[place]));
    const names = outright.length > 0 || (best.offerings.length > 0 && best.kind <= OFFICIAL);
    const meant = weights.flatMap((weight, place) => (weight > PLAIN ? [place] : []));
    const isSpoken = spoken.some((it) => isWithin(taken, it.places));
    const isWord = best.offerings.length > 0 && !names && !isSpoken;
    const ends = outright.length > 0 || (meant.at(-1) ?? 0) <= Math.max(-1, ...taken);
    return {
      groups, votes, weights, taken, unknown,
      names, ends,
      begins: outright.length > 0 || (meant[0] ?? 0) >= Math.min(words.length, ...taken),
      isDuty: isSpoken && best.kind > NAMED && votes.every((it) => overlaps(taken, it.places)),
      isWord: isWord && meant.every((place) => taken.has(place)),
      endsWord: isWord && !unknown.length && ends,
    };
  }

  function understand(text) {
    text = text.toLowerCase().replace(AS_WELL, " and ");
    const parts = listParts(text).map(parse);
    const isOne = parts.length > 1 && unique(parts.flatMap((it) => it.groups.map((group) => group[0]))).length === 1;
    return conclude(isOne ? [parse(text)] : parts);
  }

  // What the parts of a question name
  function conclude(parts) {
    const groups = parts.flatMap((it) => it.groups), firsts = unique(groups.map((group) => group[0]));
    const weights = [], votes = [], taken = new Set();
    for (const part of parts) {
      const begin = weights.length;
      votes.push(...part.votes.map(({ places, duties }) => ({ places: new Set([...places].map((place) => begin + place)), duties })));
      part.taken.forEach((place) => taken.add(begin + place));
      weights.push(...part.weights);
    }
    const [duties, isOpen] = countVotes(votes, weights, taken);
    return { offerings: unique([...firsts, ...groups.flat()]), duties, isOpen, named: firsts.length, unknown: unique(parts.flatMap((it) => it.unknown)) };
  }

  // Places of offering and duty of the cells that answer a question, best first.
  function listCells({ offerings, duties, isOpen, named }) {
    if (!offerings.length) return duties.flatMap((duty) => table.often.map((offering) => [offering, duty]));
    const shown = duties.length ? offerings : offerings.slice(0, named);
    const wanted = duties.length ? duties : table.varying;
    return shown.flatMap((offering) => {
      const last = wanted.filter((duty) => isOpen && isWithout(offering, duty));
      return [...wanted.filter((duty) => !last.includes(duty)), ...last].map((duty) => [offering, duty]);
    });
  }

  return { understand, listCells, findNear, isKnown };
};
