// Rows come into their table as they were given, however many share a statement.
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { InsertShape, ManyRows } from "./insert-many.ts";
import { Statements } from "./statements.ts";

function setup(own?: readonly string[]) {
  const db = new DatabaseSync(":memory:", { returnArrays: true });
  db.exec("create table made (key integer primary key, lane integer, name text, note text)");
  const statements = new Statements(db);
  const rows = new ManyRows(statements, new InsertShape("made (key, lane, name, note)", own));
  const stored = () => statements.built("select key, lane, name, note from made order by key").all();
  return { rows, stored };
}

describe("many rows", () => {
  it.each([0, 1, 7, 8, 9, 31, 32, 33, 75, 250])("%i rows that differ in all are stored as given", (count) => {
    const { rows, stored } = setup();
    const given = Array.from({ length: count }, (_, key) => [key, key % 3, `name ${key}`, null]);
    for (const row of given) rows.add(...row);
    rows.write();
    expect(stored()).toEqual(given);
  });

  it.each([1, 8, 33, 75])("%i rows that share what they may share are stored as given", (count) => {
    const { rows, stored } = setup(["key", "note"]);
    const given = Array.from({ length: count }, (_, key) => [key, 7, "all", key % 2 === 0 ? null : `${key}`]);
    for (const row of given) rows.add(...row);
    rows.write();
    expect(stored()).toEqual(given);
  });

  it("one row that differs where the others are alike keeps its own values", () => {
    for (const odd of [0, 3, 31]) {
      const { rows, stored } = setup(["key"]);
      const given = Array.from({ length: 32 }, (_, key) => [key, 7, key === odd ? "other" : "all", null]);
      for (const row of given) rows.add(...row);
      rows.write();
      expect(stored()).toEqual(given);
    }
  });

  it("what was written is not written again", () => {
    const { rows, stored } = setup();
    rows.add(1, 1, "first", null);
    rows.write();
    rows.write();
    expect(stored()).toHaveLength(1);
  });
});
