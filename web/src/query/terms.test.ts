import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { writeValue } from "@/api/queryText";

import {
  addTerm,
  asOneTerm,
  applyHint,
  excludeTerm,
  hasTerm,
  negateTermAt,
  removeTermAt,
  replaceLike,
  spanChip,
  toggleTerm,
} from "./edit";
import { splitTerms } from "./terms";

const TERMS = [
  "label:car",
  "-label:truck",
  "confidence<=0.5",
  'name~"a b*"',
  'metadata."odd key".x:3',
  "subset:train|validation",
  "(label:car confidence<0.5)",
  '-(label:"a) b" has:group)',
  "plane",
  '"lone word"',
  'source:"say \\"hi\\""',
];
const query = fc.array(fc.constantFrom(...TERMS), { maxLength: 8 });

describe("splitTerms", () => {
  it("reads field, operator, values and the minus", () => {
    expect(splitTerms("-label:car|bus")).toEqual([
      {
        kind: "term",
        text: "-label:car|bus",
        start: 0,
        end: 14,
        isNegated: true,
        field: "label",
        operator: ":",
        values: ["car", "bus"],
      },
    ]);
  });

  it("keeps <= whole, and parentheses and quotes together", () => {
    const texts = splitTerms('confidence<=0.5 (label:"a) b" -(x:1)) name~*.png').map((one) => [
      one.kind,
      one.text,
    ]);
    expect(texts).toEqual([
      ["term", "confidence<=0.5"],
      ["group", '(label:"a) b" -(x:1))'],
      ["term", "name~*.png"],
    ]);
  });

  it("calls broken what the server refuses", () => {
    const kinds = (text: string) => splitTerms(text).map((one) => one.kind);
    expect(kinds("label:")).toEqual(["broken"]);
    expect(kinds('label:"open')).toEqual(["broken"]);
    expect(kinds("(label:car")).toEqual(["broken"]);
    expect(kinds("label:car) subset:test")).toEqual(["term", "broken", "term"]);
  });

  it("gives back the terms that a text was made of, whatever the space between", () => {
    fc.assert(
      fc.property(query, fc.constantFrom(" ", "   ", "\t "), (terms, space) => {
        expect(splitTerms(terms.join(space)).map((one) => one.text)).toEqual(terms);
      }),
    );
  });

  it("loses no character of any text", () => {
    const anything = fc.string({ unit: fc.constantFrom(...'ab1 -:|()"\\<>=~*\t'), maxLength: 40 });
    fc.assert(
      fc.property(anything, (text) => {
        let at = 0;
        for (const term of splitTerms(text)) {
          expect(text.slice(at, term.start).trim()).toBe("");
          expect(text.slice(term.start, term.end)).toBe(term.text);
          expect(term.end).toBeGreaterThan(term.start);
          at = term.end;
        }
        expect(text.slice(at).trim()).toBe("");
      }),
      { numRuns: 1000 },
    );
  });
});

describe("chips", () => {
  it("toggling twice changes nothing but outer space", () => {
    fc.assert(
      fc.property(query, fc.constantFrom(...TERMS), (terms, term) => {
        const text = [...new Set(terms)].join(" ");
        const once = toggleTerm(text, term);
        expect(hasTerm(once, term)).toBe(!hasTerm(text, term));
        const twice = splitTerms(toggleTerm(once, term)).map((one) => one.text);
        expect(new Set(twice)).toEqual(new Set(splitTerms(text).map((one) => one.text)));
      }),
    );
  });

  it("removing at an index leaves exactly the others", () => {
    fc.assert(
      fc.property(query, fc.nat(7), (terms, index) => {
        const rest = splitTerms(removeTermAt(terms.join("  "), index)).map((one) => one.text);
        expect(rest).toEqual(terms.filter((_, at) => at !== index));
      }),
    );
  });

  it("adds at the end, once", () => {
    expect(addTerm("label:car ", "subset:test")).toBe("label:car subset:test");
    expect(addTerm("label:car", "label:car")).toBe("label:car");
  });

  it("takes parentheses around one term for the term", () => {
    expect(hasTerm("a:1 (label:car)", "label:car")).toBe(true);
    expect(toggleTerm("a:1 -(label:car)", "-label:car")).toBe("a:1");
    expect(hasTerm("(label:car x:1)", "label:car")).toBe(false);
  });

  it("holds the terms of one chip together", () => {
    expect(asOneTerm("width>=10 width<20")).toBe("(width>=10 width<20)");
    expect(asOneTerm("label:car")).toBe("label:car");
  });

  it("turns a term around in its place, and a second time back", () => {
    expect(negateTermAt("a:1 (b:2 c:3) d:4", 1)).toBe("a:1 -(b:2 c:3) d:4");
    expect(negateTermAt("a:1 -(b:2 c:3) d:4", 1)).toBe("a:1 (b:2 c:3) d:4");
  });

  it("excludes instead of includes", () => {
    expect(excludeTerm("label:car subset:test", "label:car")).toBe("subset:test -label:car");
    expect(excludeTerm("subset:test -label:car", "label:car")).toBe("subset:test");
  });

  it("spans two ranges of a histogram, and takes the place of the span before", () => {
    expect(spanChip("width>=10 width<20", "(width>=40 width<=50)")).toBe("(width>=10 width<=50)");
    const chip = spanChip(
      "(layer:prediction confidence>=0.1 confidence<0.2)",
      "(layer:prediction confidence>=0.3 confidence<0.4)",
    );
    expect(chip).toBe("(layer:prediction confidence>=0.1 confidence<0.4)");
    expect(replaceLike("label:car (width>=1 width<2) height>3", "(width>=10 width<=50)")).toBe(
      "label:car height>3 (width>=10 width<=50)",
    );
    expect(spanChip("has:width", "has:width")).toBe("");
  });

  it("quotes what would be read as something else", () => {
    expect(["car", "a b", "3", "null", 'say "hi"', "a*"].map(writeValue)).toEqual([
      "car",
      '"a b"',
      '"3"',
      '"null"',
      '"say \\"hi\\""',
      '"a*"',
    ]);
  });

  it("every written value is one value again", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 12 }), (value) => {
        const [term, ...more] = splitTerms(`label:${writeValue(value)}`);
        expect(more).toEqual([]);
        expect(term?.kind).toBe("term");
        expect(term?.values).toHaveLength(1);
      }),
    );
  });
});

describe("applyHint", () => {
  it("puts the nearest name where the wrong one stands", () => {
    const problem = {
      message: "unknown field: 'labl' (at column 14)",
      hint: "Did you mean label? For a metadata field, write metadata.labl.",
    };
    expect(applyHint("subset:train -labl:car", problem)).toBe("subset:train -label:car");
  });

  it("says null when the hint names none", () => {
    expect(applyHint("a:", { message: "a value is missing (at column 3)", hint: "" })).toBeNull();
  });
});

describe("a query in JSON", () => {
  const json = '{"filter": {"$or": [{"name": "a } b"}, {"width": {"$lt": 3}}]}}';

  it("is one chip, with terms behind it", () => {
    const terms = splitTerms(`${json} label:car`);
    expect(terms.map((one) => [one.kind, one.text])).toEqual([
      ["group", json],
      ["term", "label:car"],
    ]);
  });

  it("is taken out whole, and narrowed by a term", () => {
    expect(removeTermAt(`${json} label:car`, 0)).toBe("label:car");
    expect(addTerm(json, "label:car")).toBe(`${json} label:car`);
    expect(hasTerm(`${json} label:car`, "label:car")).toBe(true);
  });

  it("is no JSON while it is not closed", () => {
    expect(splitTerms('{"filter": {').every((one) => one.text !== "")).toBe(true);
  });
});
