import { describe, expect, it } from "vitest";

import { findLabels, fuzzyScore, labelRows } from "./classes";

const LABELS = [
  { name: "vehicle" },
  { name: "person" },
  { name: "car", parent: "vehicle" },
  { name: "sports car", parent: "car" },
  { name: "<script>alert(1)</script>" },
];

describe("classes as a tree", () => {
  it("puts each below its parent and gives the first nine a digit", () => {
    expect(labelRows(LABELS).map(({ name, depth, digit }) => [name, depth, digit])).toEqual([
      ["vehicle", 0, 1],
      ["car", 1, 2],
      ["sports car", 2, 3],
      ["person", 0, 4],
      ["<script>alert(1)</script>", 0, 5],
    ]);
    const many = Array.from({ length: 12 }, (_, i) => ({ name: `c${String(i)}` }));
    expect(labelRows(many).map((row) => row.digit)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, null, null, null]);
  });

  it("loses none when parents go round in a circle or are not there", () => {
    const odd = [
      { name: "a", parent: "b" },
      { name: "b", parent: "a" },
      { name: "c", parent: "gone" },
      { name: "d", parent: "d" },
    ];
    expect(
      labelRows(odd)
        .map((row) => row.name)
        .sort(),
    ).toEqual(["a", "b", "c", "d"]);
  });
});

describe("finding a class", () => {
  const find = (text: string) => findLabels(labelRows(LABELS), text).map((row) => row.name);

  it("puts beginnings first, then words, then letters in order", () => {
    expect(find("car")).toEqual(["car", "sports car", "<script>alert(1)</script>"]);
    expect(find("sc")).toEqual(["<script>alert(1)</script>", "sports car"]);
    expect(find("PER")[0]).toBe("person");
    expect(find("zz")).toEqual([]);
    expect(find(" ")).toHaveLength(5);
  });

  it("needs the letters in their order", () => {
    expect(fuzzyScore("person", "np")).toBeNull();
    expect(fuzzyScore("person", "pn")).not.toBeNull();
  });
});
