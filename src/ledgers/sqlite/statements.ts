// Prepared statements, made once from the named sections of queries/*.sql and kept.

import { readFileSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Row, SqlValue } from "./row.ts";

/** One prepared statement; rows come as arrays (the connection is opened with `returnArrays`). */
export class Statement {
  readonly #statement: StatementSync;

  constructor(statement: StatementSync) {
    this.#statement = statement;
  }

  all(...values: SqlValue[]): readonly Row[] {
    // The types of node:sqlite know only object rows; `row.ts` checks every value that is read.
    return this.#statement.all(...values) as unknown as readonly Row[];
  }

  get(...values: SqlValue[]): Row | undefined {
    return this.#statement.get(...values) as unknown as Row | undefined; // as in `all`
  }

  /** Returns how many rows were changed. */
  run(...values: SqlValue[]): number {
    return Number(this.#statement.run(...values).changes);
  }
}

/** Told of each moment before and after a statement that writes, and before a reply; says `before fire.…`, `after …`. */
export type Probe = (point: string) => void;

class ProbedStatement extends Statement {
  readonly #name: string;
  readonly #probe: Probe;

  constructor(statement: StatementSync, name: string, probe: Probe) {
    super(statement);
    this.#name = name;
    this.#probe = probe;
  }

  override run(...values: SqlValue[]): number {
    this.#probe(`before ${this.#name}`);
    const changes = super.run(...values);
    this.#probe(`after ${this.#name}`);
    return changes;
  }
}

/** Prepared statements of lists that are kept; one takes some 20 KB. */
const keptAsked = 100;

/** The statements of one connection. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #probe: Probe | undefined;
  readonly #byName = new Map<string, Statement>();
  readonly #byText = new Map<string, Statement>();
  /** The one asked for longest ago comes first. */
  readonly #byAsking = new Map<string, Statement>();

  constructor(db: DatabaseSync, probe?: Probe) {
    this.#db = db;
    this.#probe = probe;
  }

  /** A fixed statement: `file.name`, the section `-- name: name` of `queries/file.sql`. */
  named(name: string): Statement {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const dot = name.indexOf(".");
    const text = sectionsOf(name.slice(0, dot)).get(name.slice(dot + 1));
    if (text === undefined) throw new Error(`there is no statement ${name}`);
    const statement = this.#prepare(text, name);
    this.#byName.set(name, statement);
    return statement;
  }

  /** A statement built in code (lists, many rows at once); kept by its text, so there must be few different ones. */
  built(text: string): Statement {
    let statement = this.#byText.get(text);
    if (statement === undefined)
      this.#byText.set(text, (statement = this.#prepare(text, text.slice(0, text.indexOf(" (")))));
    return statement;
  }

  /** A statement whose text follows from what somebody asked: only the latest ones are kept. */
  asked(text: string): Statement {
    const known = this.#byAsking.get(text);
    const statement = known ?? this.#prepare(text, text.slice(0, text.indexOf(" (")));
    this.#byAsking.delete(text);
    this.#byAsking.set(text, statement);
    const [oldest] = this.#byAsking.keys();
    if (this.#byAsking.size > keptAsked && oldest !== undefined) this.#byAsking.delete(oldest);
    return statement;
  }

  #prepare(text: string, name: string): Statement {
    const statement = this.#db.prepare(text);
    return this.#probe === undefined
      ? new Statement(statement)
      : new ProbedStatement(statement, name, this.#probe);
  }
}

/** Files that were read; they are part of the program and do not change. */
const files = new Map<string, ReadonlyMap<string, string>>();

/** The named statements of a file in queries/. */
export function sectionsOf(file: string): ReadonlyMap<string, string> {
  let sections = files.get(file);
  if (sections === undefined) {
    sections = parseSections(readFileSync(new URL(`./queries/${file}.sql`, import.meta.url), "utf8"));
    files.set(file, sections);
  }
  return sections;
}

function parseSections(source: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const part of source.split(/^-- name: /mu).slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end).trim(), part.slice(end + 1).trim());
  }
  return sections;
}
