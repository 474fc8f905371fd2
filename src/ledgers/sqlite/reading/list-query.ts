// The one builder of list queries: from a condition to SQL and its values.
//
// What a condition says in a field becomes an expression over the columns of some tables; the tables it needs are joined
// to the rows at hand, and no others. Everything is two-valued, as in `domain/filter/evaluate.ts`: a test of what a row
// does not have is false, and its negation true.

import type { Condition, PathStep, Scalar, Test } from "../../../domain/filter/expression.ts";
import type { SqlValue } from "../row.ts";

/** How a field is read from the joined tables. */
export interface SqlField {
  /** Expressions for its values: usually one; a row passes when one of them does. */
  readonly values: readonly string[];
  /** `list`: JSON of a list, whose items are the values. `json`: a document, with a path into it. */
  readonly shape?: "list" | "json";
  /** Names of the joins its expressions need. */
  readonly joins: readonly string[];
}

/** A thing that is listed: its fields, and the joins by name, in the order in which they must stand. */
export interface SqlSubject {
  readonly fields: Readonly<Record<string, SqlField>>;
  readonly joins: Readonly<Record<string, string>>;
}

export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
  /** Names of the joins, in the order of the subject. */
  readonly joins: readonly string[];
}

/** The shape of the SQL depends on the condition's shape only, never on its values. */
export function buildCondition(condition: Condition, subject: SqlSubject): SqlCondition {
  const builder = new Builder(subject);
  const sql = builder.build(condition);
  const joins = Object.keys(subject.joins).filter((name) => builder.joins.has(name));
  return { sql, values: builder.values, joins };
}

class Builder {
  readonly values: SqlValue[] = [];
  readonly joins = new Set<string>();
  readonly #subject: SqlSubject;

  constructor(subject: SqlSubject) {
    this.#subject = subject;
  }

  build(condition: Condition): string {
    switch (condition.kind) {
      case "every":
        return this.#join(condition.parts, "and", "1");
      case "some":
        return this.#join(condition.parts, "or", "0");
      case "not":
        return `((${this.build(condition.part)}) is not true)`;
      case "one-of":
      case "compare":
      case "contains":
      case "present":
        return this.#test(condition);
    }
  }

  #join(parts: readonly Condition[], word: "and" | "or", none: "0" | "1"): string {
    return parts.length === 0 ? none : `(${parts.map((part) => this.build(part)).join(` ${word} `)})`;
  }

  #test(test: Test<Scalar>): string {
    const field = this.#subject.fields[test.field];
    if (field === undefined) throw new Error(`no list is filtered by ${test.field}`);
    for (const join of field.joins) this.joins.add(join);
    const tests = field.values.map((value) => {
      if (field.shape === "json") return this.#jsonTest(value, test);
      return field.shape === "list" ? this.#listTest(value, test) : this.#plainTest(value, test);
    });
    return tests.length === 1 ? tests.join("") : `(${tests.join(" or ")})`;
  }

  #plainTest(value: string, test: Test<Scalar>): string {
    switch (test.kind) {
      case "one-of":
        return this.#isAmong(value, test.values);
      case "compare":
        return `${value} ${test.order} ${this.#bind(test.value)}`;
      case "contains":
        return `instr(lower(${value}), lower(${this.#bind(test.text)})) > 0`;
      case "present":
        return `${value} is not null`;
    }
  }

  #listTest(list: string, test: Test<Scalar>): string {
    return `exists (select 1 from json_each(${list}) x where ${this.#plainTest("x.value", test)})`;
  }

  /** A list at the end of the path stands for its items; an object there has no value to compare. */
  #jsonTest(document: string, test: Test<Scalar>): string {
    const type = `json_type(${document}, ${this.#bind(pathText(test.path))})`;
    const each = `json_each(${document}, ${this.#bind(pathText(test.path))})`;
    if (test.kind === "present")
      return `case ${type} when 'object' then 1 else exists (select 1 from ${each} x where x.type <> 'null') end`;
    return `(${type} <> 'object' and exists (select 1 from ${each} x where ${this.#atomTest(test)}))`;
  }

  #atomTest(test: Exclude<Test<Scalar>, { readonly kind: "present" }>): string {
    switch (test.kind) {
      case "one-of": {
        const literals = test.values.filter((value) => typeof value === "boolean" || value === null);
        const kinds = [
          this.#typed(
            "text",
            test.values.filter((value) => typeof value === "string"),
          ),
          this.#typed(
            "number",
            test.values.filter((value) => typeof value === "number"),
          ),
          ...literals.map((value) => `x.type = '${String(value)}'`),
        ].filter((sql) => sql !== "");
        return kinds.length === 0 ? "0" : `(${kinds.join(" or ")})`;
      }
      case "compare": {
        const kind = typeof test.value === "number" ? "number" : "text";
        return `${isOfType(kind)} and x.value ${test.order} ${this.#bind(test.value)}`;
      }
      case "contains":
        return `x.type = 'text' and ${this.#plainTest("x.value", test)}`;
    }
  }

  #typed(kind: "text" | "number", values: readonly Scalar[]): string {
    return values.length === 0 ? "" : `(${isOfType(kind)} and ${this.#isAmong("x.value", values)})`;
  }

  #isAmong(value: string, values: readonly Scalar[]): string {
    const [only = null] = values;
    if (values.length === 1) return `${value} = ${this.#bind(only)}`;
    return `${value} in (select value from json_each(${this.#bind(JSON.stringify(values))}))`;
  }

  #bind(value: Scalar): string {
    this.values.push(typeof value === "boolean" ? Number(value) : value);
    return "?";
  }
}

function isOfType(kind: "text" | "number"): string {
  return kind === "text" ? "x.type = 'text'" : "x.type in ('integer', 'real')";
}

/** No step contains a quote or a backslash: the language refuses them. */
function pathText(path: readonly PathStep[]): string {
  return `$${path.map((step) => (typeof step === "number" ? `[${step}]` : `."${step}"`)).join("")}`;
}
