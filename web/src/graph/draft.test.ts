import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  checkName,
  edgeKey,
  emptyDraft,
  freeName,
  outputPorts,
  parsePort,
  reaches,
  toDraft,
  whyNot,
  type Draft,
  type NodeTypes,
} from "./draft";
import {
  addNode,
  connect,
  copyNodes,
  moveNodes,
  paste,
  removeEdges,
  removeNodes,
  renameNode,
  setCondition,
  setParam,
} from "./edits";
import { begin, record, redo, undo, type History } from "./history";
import { layoutDraft, placed, placesOf, sizeOf } from "./layout";
import { someTypes } from "./testing";
import { addVariable, fromVariable, removeVariable, renameVariable, usesOf } from "./variables";

const TYPES = someTypes();

function flow(...types: string[]): Draft {
  return types.reduce(
    (draft, type) => addNode(draft, { type, at: { x: 0, y: 0 } }).draft,
    emptyDraft("flow"),
  );
}

function end(text: string) {
  return parsePort(text);
}

function join(draft: Draft, source: string, target: string): Draft {
  return connect(draft, TYPES, { source: end(source), target: end(target) });
}

describe("names", () => {
  it("are free and allowed, whatever was wished for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.string()), (wanted, others) => {
        const taken = [...others, freeName(wanted, [])];
        expect(checkName(freeName(wanted, taken), taken)).toBeNull();
      }),
    );
  });

  it("count up from the stem", () => {
    expect(freeName("label", ["label", "label_2"])).toBe("label_3");
    expect(freeName("label_2", ["label_2"])).toBe("label_3");
    expect(freeName("a".repeat(40), ["a".repeat(40)])).toBe(`${"a".repeat(38)}_2`);
  });
});

describe("whyNot", () => {
  const draft = flow("pass", "pass", "train", "notify");
  const ask = (source: string, target: string, of = draft) =>
    whyNot(of, TYPES, { source: end(source), target: end(target) });

  it("says the types of both ends when they do not fit", () => {
    expect(ask("pass.item", "train.model")).toBe("train.model takes models, but pass.item gives images.");
  });

  it("lets anything be a signal, and nothing else", () => {
    expect(ask("pass.item", "notify.signal")).toBeNull();
    expect(ask("train.model", "notify.signal")).toBeNull();
    expect(ask("train.model", "pass.item")).not.toBeNull();
  });

  it("refuses circles, doubles, missing ports and a step after itself", () => {
    const joined = join(draft, "pass.item", "pass_2.item");
    expect(ask("pass_2.item", "pass.item", joined)).toContain("circle");
    expect(ask("pass.item", "pass_2.item", joined)).toContain("already");
    expect(ask("pass.other", "pass_2.item")).toBe("pass has no output other.");
    expect(ask("pass.item", "pass_2.other")).toBe("pass_2 has no input other.");
    expect(ask("pass.item", "pass.item")).toContain("itself");
    expect(ask("gone.item", "pass.item")).toContain("gone");
  });

  it("knows the outputs that a parameter names", () => {
    const some = setParam(flow("route", "pass"), {
      node: "route",
      name: "ways",
      value: { small: "width<10" },
    });
    expect(ask("route.small", "pass.item", some)).toBeNull();
    expect(ask("route.large", "pass.item", some)).toBe("route has no output large.");
    const listed = setParam(some, { node: "route", name: "ways", value: ["a", "b"] });
    const node = listed.nodes[0]!;
    expect(outputPorts(listed, node, TYPES).map((port) => port.name)).toEqual(["other", "a", "b"]);
  });

  it("keeps a port that an edge names when its parameter is gone, marked as missing", () => {
    const some = setParam(flow("route", "pass"), { node: "route", name: "ways", value: ["small"] });
    const joined = setParam(join(some, "route.small", "pass.item"), {
      node: "route",
      name: "ways",
      value: undefined,
    });
    const ports = outputPorts(joined, joined.nodes[0]!, TYPES);
    expect(ports.map(({ name, isMissing }) => [name, isMissing])).toEqual([
      ["other", false],
      ["small", true],
    ]);
  });
});

describe("edits", () => {
  it("keep a graph without circles, doubles and loose ends", () => {
    fc.assert(
      fc.property(drafts(), (draft) => {
        const ids = new Set(draft.nodes.map((node) => node.id));
        expect(ids.size).toBe(draft.nodes.length);
        expect(new Set(draft.edges.map(edgeKey)).size).toBe(draft.edges.length);
        for (const edge of draft.edges) {
          const [from, to] = [parsePort(edge.source).node, parsePort(edge.target).node];
          expect(ids.has(from) && ids.has(to)).toBe(true);
          expect(reaches(draft, to, from)).toBe(false);
        }
      }),
    );
  });

  it("renaming there and back changes nothing", () => {
    fc.assert(
      fc.property(drafts(), (draft) => {
        for (const { id } of draft.nodes) {
          expect(renameNode(renameNode(draft, id, "somewhere_else"), "somewhere_else", id)).toEqual(draft);
        }
      }),
    );
  });

  it("pasting what was copied adds the same number of nodes and edges under other names", () => {
    fc.assert(
      fc.property(drafts(), (draft) => {
        const ids = new Set(draft.nodes.map((node) => node.id));
        const pasted = paste(draft, copyNodes(draft, ids), { x: 20, y: 20 });
        expect(pasted.draft.nodes).toHaveLength(draft.nodes.length * 2);
        expect(pasted.draft.edges).toHaveLength(draft.edges.length * 2);
        expect(removeNodes(pasted.draft, new Set(pasted.ids))).toEqual(draft);
      }),
    );
  });

  it("renaming takes edges and triggers along; removing takes those away that make no sense", () => {
    const draft: Draft = {
      ...join(flow("pass", "notify"), "pass.item", "notify.signal"),
      triggers: [
        { type: "event", id: "new", target: "pass.item", event: "item.created", mode: "once", by: "others" },
        {
          type: "event",
          id: "again",
          target: "notify.signal",
          event: "run.ended",
          mode: "once",
          by: "own",
          node: "pass",
          unless_active: ["pass", "notify"],
        },
        {
          type: "count",
          id: "many",
          target: "notify.signal",
          event: "item.created",
          every: 5,
          by: "any",
          rounds_of: "pass",
        },
      ],
    };
    const renamed = renameNode(draft, "pass", "first");
    expect(JSON.stringify(renamed)).not.toContain('"pass.');
    expect(renamed.triggers[1]).toMatchObject({ node: "first", unless_active: ["first", "notify"] });
    expect(renamed.triggers[2]).toMatchObject({ rounds_of: "first" });
    const less = removeNodes(draft, new Set(["pass"]));
    expect(less.edges).toEqual([]);
    expect(less.triggers).toEqual([{ ...draft.triggers[2]!, rounds_of: null }]);
  });

  it("a condition that is emptied is gone", () => {
    const draft = join(flow("pass", "pass"), "pass.item", "pass_2.item");
    const key = edgeKey(draft.edges[0]!);
    const limited = setCondition(draft, { key, when: "label:car" });
    expect(limited.edges[0]).toEqual({ source: "pass.item", target: "pass_2.item", when: "label:car" });
    expect(setCondition(limited, { key, when: " " })).toEqual(draft);
    expect(removeEdges(limited, new Set([key])).edges).toEqual([]);
  });
});

describe("variables", () => {
  const used = addVariable(
    setParam(
      setParam(flow("pass", "update_variable"), { node: "pass", name: "x", value: fromVariable("best") }),
      { node: "update_variable", name: "variable", value: "best" },
    ),
    { name: "best", type: "model", value: null, description: "" },
  );

  it("are renamed wherever they are named, by reference or by name", () => {
    const renamed = renameVariable(used, TYPES, { from: "best", to: "champion" });
    expect(renamed.nodes.map((node) => node.params)).toEqual([
      { x: { $var: "champion" } },
      { variable: "champion" },
    ]);
    expect(usesOf(renamed, TYPES, "best")).toEqual([]);
  });

  it("stay while something uses them", () => {
    expect(usesOf(used, TYPES, "best")).toEqual(["pass: x", "update_variable: variable"]);
    expect(removeVariable(used, TYPES, "best")).toBe(used);
    const free = removeNodes(used, new Set(["pass", "update_variable"]));
    expect(removeVariable(free, TYPES, "best").variables).toEqual([]);
  });
});

describe("history", () => {
  it("undoing everything leads back, redoing everything leads forth", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(null, "a", "b")), { maxLength: 60 }),
        (edits) => {
          const end = edits.reduce((all, [value, tag]) => record(all, { value }, tag), begin<object>({}));
          const back = repeat(end, undo);
          expect(back.present).toEqual({});
          expect(repeat(back, redo).present).toEqual(end.present);
        },
      ),
    );
  });

  it("letters typed into one field are one step", () => {
    const typed = ["c", "ca", "cat"].reduce((all, text) => record(all, text, "name"), begin("start"));
    expect(undo(typed).present).toBe("start");
    expect(undo(record(typed, "other", "note")).present).toBe("cat");
  });

  function repeat<T>(history: History<T>, step: (one: History<T>) => History<T>): History<T> {
    const next = step(history);
    return next === history ? history : repeat(next, step);
  }
});

describe("layout", () => {
  it("puts what follows to the right, and nodes never over each other", () => {
    fc.assert(
      fc.property(drafts(), (draft) => {
        const places = layoutDraft({ draft, types: TYPES });
        for (const edge of draft.edges) {
          const [from, to] = [
            places.get(parsePort(edge.source).node)!,
            places.get(parsePort(edge.target).node)!,
          ];
          expect(to.x).toBeGreaterThan(from.x);
        }
        const boxes = draft.nodes.map((node) => ({
          ...places.get(node.id)!,
          ...sizeOf({ draft, node, types: TYPES }),
        }));
        for (const [at, one] of boxes.entries()) {
          for (const other of boxes.slice(at + 1)) {
            const isApart =
              one.x + one.width <= other.x ||
              other.x + other.width <= one.x ||
              one.y + one.height <= other.y ||
              other.y + other.height <= one.y;
            expect(isApart).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("keeps the places that are given, and puts the others below", () => {
    const draft = toDraft({
      ...flow("pass", "pass"),
      nodes: [
        { id: "a", type: "pass", at: { x: 300, y: 90 } },
        { id: "b", type: "pass" },
      ],
    });
    const places = placesOf({ draft, types: TYPES });
    expect(places.get("a")).toEqual({ x: 300, y: 90 });
    expect(places.get("b")!.y).toBeGreaterThan(
      90 + sizeOf({ draft, node: draft.nodes[0]!, types: TYPES }).height,
    );
    const fixed = placed(draft, TYPES);
    expect(moveNodes(fixed, new Map([["b", { x: 1.4, y: 2.6 }]])).nodes[1]!.at).toEqual({ x: 1, y: 3 });
    expect(placed(fixed, TYPES)).toBe(fixed);
  });
});

/** Any draft that edits lead to. */
function drafts(types: NodeTypes = TYPES): fc.Arbitrary<Draft> {
  const names = [...types.keys()];
  const edit = fc.oneof(
    fc.record({ do: fc.constant("add" as const), type: fc.constantFrom(...names) }),
    fc.record({
      do: fc.constant("join" as const),
      from: fc.nat(),
      to: fc.nat(),
      out: fc.nat(),
      into: fc.nat(),
    }),
    fc.record({ do: fc.constant("remove" as const), at: fc.nat({ max: 30 }) }),
  );
  return fc.array(edit, { minLength: 1, maxLength: 24 }).map((edits) =>
    edits.reduce((draft, one): Draft => {
      if (one.do === "add" || draft.nodes.length === 0) {
        return addNode(draft, { type: one.do === "add" ? one.type : "pass", at: { x: 0, y: 0 } }).draft;
      }
      if (one.do === "remove") {
        const node = draft.nodes[one.at];
        return node === undefined ? draft : removeNodes(draft, new Set([node.id]));
      }
      const from = draft.nodes[one.from % draft.nodes.length]!;
      const to = draft.nodes[one.to % draft.nodes.length]!;
      const outputs = Object.keys(types.get(from.type)!.outputs);
      const inputs = Object.keys(types.get(to.type)!.inputs);
      const source = { node: from.id, port: outputs[one.out % Math.max(1, outputs.length)] ?? "none" };
      const target = { node: to.id, port: inputs[one.into % Math.max(1, inputs.length)] ?? "none" };
      return connect(draft, types, { source, target });
    }, emptyDraft("any")),
  );
}
