import { describe, expect, it } from "vitest";

import { curvePath, joinWays, layoutGraph, NODE_HEIGHT, NODE_WIDTH } from "./graphLayout";

const diamond = {
  nodes: ["a", "b", "c", "d"].map((id) => ({ id, type: "step" })),
  edges: [
    { source: "a.out", target: "b.in" },
    { source: "a.out", target: "c.in" },
    { source: "b.out", target: "d.in" },
    { source: "c.out", target: "d.in" },
  ],
};

describe("layoutGraph", () => {
  it("goes from left to right without overlaps", () => {
    const { nodes, width, height } = layoutGraph(diamond);
    const by = new Map(nodes.map((node) => [node.id, node]));
    const x = (id: string) => by.get(id)!.x;
    expect(x("a")).toBeLessThan(x("b"));
    expect(x("b")).toBeLessThan(x("d"));
    for (const one of nodes) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + NODE_WIDTH).toBeLessThanOrEqual(width);
      expect(one.y + NODE_HEIGHT).toBeLessThanOrEqual(height);
      for (const other of nodes) {
        const apart =
          Math.abs(one.x - other.x) >= NODE_WIDTH ||
          Math.abs(one.y - other.y) >= NODE_HEIGHT ||
          one === other;
        expect(apart).toBe(true);
      }
    }
  });
  it("leads every edge from its source to its target", () => {
    const { nodes, edges } = layoutGraph(diamond);
    const by = new Map(nodes.map((node) => [node.id, node]));
    expect(edges.map((edge) => edge.key)).toEqual(["a>b", "a>c", "b>d", "c>d"]);
    for (const edge of edges) {
      const [source, target] = [by.get(edge.source)!, by.get(edge.target)!];
      expect(edge.points[0]).toEqual({ x: source.x + NODE_WIDTH, y: source.y + NODE_HEIGHT / 2 });
      expect(edge.points.at(-1)).toEqual({ x: target.x, y: target.y + NODE_HEIGHT / 2 });
    }
  });
  it("leaves out edges to nowhere", () => {
    expect(
      layoutGraph({ nodes: [{ id: "a", type: "step" }], edges: [{ source: "a.out", target: "gone.in" }] })
        .edges,
    ).toEqual([]);
  });
});

describe("joinWays", () => {
  it("makes one line of several ports", () => {
    expect(
      joinWays([
        { source: "divide.train", target: "gather.item" },
        { source: "divide.test", target: "gather.item", when: "label:car" },
      ]),
    ).toEqual([{ source: "divide", target: "gather", label: "train, test (label:car)" }]);
  });
});

describe("curvePath", () => {
  it("is empty without two points", () => {
    expect(curvePath([{ x: 1, y: 1 }])).toBe("");
  });
  it("is level where it begins and ends", () => {
    expect(
      curvePath([
        { x: 0, y: 0 },
        { x: 20, y: 10 },
      ]),
    ).toBe("M0.0 0.0C10.0 0.0 10.0 10.0 20.0 10.0");
  });
});
