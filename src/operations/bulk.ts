// Changing all that a filter matches: counted first, held against what the caller expects, then done batch by batch.

import { RotaError, validationFailed } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Page } from "../ports/page.ts";
import type { OperationName } from "../contract/routes.ts";
import type { Vocabulary } from "../domain/filter/vocabulary.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import { mostRefusals, sampleSize } from "../contract/schema/bulk.ts";
import { filteredList, type AskedList, type FilteredList } from "./filtered-list.ts";
import type { Call } from "./services.ts";

export type BulkAnswer = OutputOf<"runs.bulkCancel">;

export interface AskedBulk extends AskedList {
  readonly expectedCount?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What became of one thing. */
export type Outcome = "changed" | "unchanged" | RotaError;

export interface BulkVerb {
  readonly name: OperationName;
  readonly vocabulary: Vocabulary;
  /** What the filter matches, newest first, at most `limit`. */
  readonly keys: (list: FilteredList["request"], page: KeyPage) => Promise<Page<Key>>;
  readonly idOf: (key: Key) => string;
  /** Does it to a batch; answers in the same order. */
  readonly act: (keys: readonly Key[]) => Promise<readonly Outcome[]>;
  readonly show: (key: Key) => Promise<BulkAnswer["sample"][number] | undefined>;
}

interface KeyPage {
  readonly limit: number;
  readonly after?: number;
}

/** Things changed in one commit: a few milliseconds in which nobody else writes. */
const batchSize = 200;
/** Keys counted at once. */
const countSize = 10_000;
/** How far the number of matches may be off, as a share of what was expected: others work at the same time. */
const tolerance = 0.05;

/**
 * @throws COUNT_MISMATCH when the filter matches clearly more or fewer than expected; nothing was changed
 * @throws VALIDATION_FAILED without `expectedCount`, unless it only looks or goes on
 */
export async function performBulk(verb: BulkVerb, input: AskedBulk, call: Call): Promise<BulkAnswer> {
  const { expectedCount, dryRun, ...asked } = input;
  const list = filteredList(verb.name, asked, { vocabulary: verb.vocabulary, call });
  const [from, counted] = list.after ?? [];
  if (counted !== undefined)
    return changeAll(verb, { list, from, matched: counted, limit: input.limit }, call);
  if (expectedCount === undefined && dryRun !== true) {
    const message = "is missing; ask with dryRun first, and give the count that it answers";
    throw validationFailed([{ path: "expectedCount", code: "REQUIRED", message }]);
  }
  if (dryRun === true)
    return { ...nothing, matched: await countAll(verb, list, call), sample: await sampleOf(verb, list) };
  const matched = await call.parts.once(async () => {
    const count = await countAll(verb, list, call);
    refuseOthers(count, expectedCount ?? 0);
    return count;
  });
  return changeAll(verb, { list, from: undefined, matched, limit: input.limit }, call);
}

const nothing: Omit<BulkAnswer, "matched" | "sample"> = {
  changed: 0,
  unchanged: 0,
  refusedCount: 0,
  refused: [],
  nextCursor: null,
};

function refuseOthers(matched: number, expectedCount: number): void {
  if (Math.abs(matched - expectedCount) <= Math.floor(expectedCount * tolerance)) return;
  throw new RotaError(
    "COUNT_MISMATCH",
    `the filter matches ${matched} now, and ${expectedCount} were expected; nothing was changed`,
    { details: { matched, expectedCount } },
  );
}

async function countAll(verb: BulkVerb, { request }: FilteredList, { signal }: Call): Promise<number> {
  let count = 0;
  let after: number | undefined;
  do {
    const page = await verb.keys(request, pageFrom(after, countSize));
    count += page.items.length;
    after = page.next;
    if (signal?.aborted === true)
      throw new RotaError("CANCELLED", "the caller has gone; nothing was changed");
  } while (after !== undefined);
  return count;
}

async function sampleOf(verb: BulkVerb, { request }: FilteredList): Promise<BulkAnswer["sample"]> {
  const keys: Key[] = [];
  let after: number | undefined;
  do {
    const page = await verb.keys(request, pageFrom(after, sampleSize - keys.length));
    keys.push(...page.items);
    after = page.next;
  } while (after !== undefined && keys.length < sampleSize);
  return (await Promise.all(keys.map(verb.show))).filter((shown) => shown !== undefined);
}

interface Course {
  readonly list: FilteredList;
  readonly from: number | undefined;
  readonly matched: number;
  readonly limit: number | undefined;
}

/** What became of a batch. */
type Tally = Pick<BulkAnswer, "changed" | "unchanged" | "refusedCount" | "refused">;

/** Newest first, so that what the change itself creates is not met; stops where the caller has gone. */
async function changeAll(
  verb: BulkVerb,
  { list, from, matched, limit = Infinity }: Course,
  { signal, parts }: Call,
): Promise<BulkAnswer> {
  let sum: Tally = { changed: 0, unchanged: 0, refusedCount: 0, refused: [] };
  let after = from;
  let left = limit;
  do {
    const wanted = pageFrom(after, Math.min(batchSize, left));
    // Kept before it is changed: afterwards the filter may no longer match it.
    const page = await parts.once(async () => plainPage(await verb.keys(list.request, wanted)));
    if (page.items.length > 0) sum = add(sum, await parts.once(() => changeBatch(verb, page.items)));
    after = page.next;
    left -= page.items.length;
  } while (after !== undefined && left > 0 && signal?.aborted !== true);
  return {
    ...sum,
    matched,
    sample: [],
    nextCursor: list.cursorAt(after === undefined ? undefined : [after, matched]),
  };
}

/** As JSON, which has no `undefined`. */
function plainPage({ items, next }: Page<Key>): { readonly items: Key[]; readonly next?: Key } {
  return { items: [...items], ...(next === undefined ? {} : { next }) };
}

async function changeBatch(verb: BulkVerb, keys: readonly Key[]): Promise<Tally> {
  const outcomes = await verb.act(keys);
  const refused = outcomes.flatMap((outcome, index) =>
    typeof outcome === "string"
      ? []
      : [{ id: verb.idOf(keys[index] ?? 0), code: outcome.code, message: outcome.message }],
  );
  const count = (wanted: Outcome): number => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    changed: count("changed"),
    unchanged: count("unchanged"),
    refusedCount: refused.length,
    refused: refused.slice(0, mostRefusals),
  };
}

function add(sum: Tally, more: Tally): Tally {
  return {
    changed: sum.changed + more.changed,
    unchanged: sum.unchanged + more.unchanged,
    refusedCount: sum.refusedCount + more.refusedCount,
    refused: [...sum.refused, ...more.refused].slice(0, mostRefusals),
  };
}

function pageFrom(after: number | undefined, limit: number): KeyPage {
  return after === undefined ? { limit } : { limit, after };
}

/** Waits for each; refusals that speak of one thing are its outcome, all others end the whole. */
export async function outcomesOf(acts: readonly Promise<unknown>[]): Promise<readonly Outcome[]> {
  const settled = await Promise.allSettled(acts);
  return settled.map((one): Outcome => {
    if (one.status === "fulfilled") return "changed";
    const reason: unknown = one.reason;
    if (!RotaError.isInstance(reason) || general.has(reason.code)) throw reason;
    return reason;
  });
}

/** Not the fault of any one thing. */
const general: ReadonlySet<string> = new Set([
  "LEDGER_UNAVAILABLE",
  "LEDGER_FULL",
  "LEDGER_CORRUPT",
  "OVERLOADED",
  "CLOSED",
  "INTERNAL",
]);
