// The claimed runs in memory: a mirror of what the database says, never more than workers have slots.

import type { Key } from "../../../domain/ids.ts";
import type { RunStatus } from "../../../domain/run-state.ts";
import type { RunRow } from "../run-row.ts";

/** What limits, beats and lists ask of a claim. */
export interface ClaimFacts {
  readonly taskKey: Key;
  readonly laneId: number;
  readonly status: RunStatus;
  readonly claim: number;
  readonly recoveries: number;
  readonly workerKey: Key | null;
  readonly claimedAtMs: number;
  /** Command that made the claim; see `beat`. */
  readonly claimedBy: number;
}

/** A row of `claim_batches`, with how many of its runs are still claimed by it. */
export interface ClaimBatch {
  readonly id: number;
  readonly workerKey: Key;
  readonly claimedAtMs: number;
  readonly claimedBy: number;
  left: number;
}

/** In what first claims of one batch may differ; those that do not are kept together. */
type Alike = Pick<RunRow, "taskKey" | "revision" | "laneId" | "origin">;

/**
 * First claims of one batch that are alike in all but their keys: nothing has happened to these runs but birth and
 * start. There is no object for each of them; the rest of its row is read when somebody wants to know or change more.
 */
export class FirstClaims implements ClaimFacts {
  readonly batch: ClaimBatch;
  readonly taskKey: Key;
  readonly revision: number;
  readonly laneId: number;
  readonly origin: number;
  /** How many of them are still claimed so. */
  left = 0;

  constructor(batch: ClaimBatch, alike: Alike) {
    this.batch = batch;
    this.taskKey = alike.taskKey;
    this.revision = alike.revision;
    this.laneId = alike.laneId;
    this.origin = alike.origin;
  }

  readonly status = "running";
  readonly claim = 1;
  readonly recoveries = 0;

  get workerKey(): Key {
    return this.batch.workerKey;
  }

  get claimedAtMs(): number {
    return this.batch.claimedAtMs;
  }

  get claimedBy(): number {
    return this.batch.claimedBy;
  }

  isAlike({ taskKey, revision, laneId, origin }: Alike): boolean {
    return (
      taskKey === this.taskKey &&
      revision === this.revision &&
      laneId === this.laneId &&
      origin === this.origin
    );
  }
}

/**
 * The store is the only writer, so the mirror is the truth: every fenced write is checked against it without a read,
 * and limits count its rows. It is read again after a rollback.
 */
export class ClaimedRows {
  readonly #readFirst: (key: Key, claims: FirstClaims) => RunRow;
  /** Those with a row of their own in `claimed`. */
  readonly #rows = new Map<Key, RunRow>();
  /** Those listed in a batch. */
  readonly #first = new Map<Key, FirstClaims>();
  readonly #groups = new Set<FirstClaims>();

  /** @param readFirst - makes the row of a first claim from its birth */
  constructor(readFirst: (key: Key, claims: FirstClaims) => RunRow) {
    this.#readFirst = readFirst;
  }

  /** The row of a claimed run; for one that is listed in a batch a new one each time, until it is written. */
  get(key: Key): RunRow | undefined {
    const row = this.#rows.get(key);
    if (row !== undefined) return row;
    const claims = this.#first.get(key);
    return claims === undefined ? undefined : this.#readFirst(key, claims);
  }

  facts(key: Key): ClaimFacts | undefined {
    return this.#first.get(key) ?? this.#rows.get(key);
  }

  /** What a first claim has in common with others; undefined when the run has a row of its own, or is not claimed. */
  firstOf(key: Key): FirstClaims | undefined {
    return this.#first.get(key);
  }

  /** Whether a claimed run has a row in `claimed`. */
  hasOwnRow(key: Key): boolean {
    return this.#rows.has(key);
  }

  put(run: RunRow): void {
    this.#rows.set(run.key, run);
  }

  putFirst(key: Key, claims: FirstClaims): void {
    this.#first.set(key, claims);
    this.#groups.add(claims);
    claims.left += 1;
    claims.batch.left += 1;
  }

  /** Returns the id of the batch whose last run this was. */
  delete(key: Key): number | undefined {
    if (this.#rows.delete(key)) return undefined;
    const claims = this.#first.get(key);
    return claims === undefined ? undefined : this.deleteFirst(key, claims);
  }

  /** As `delete`, for a run whose claims are known. */
  deleteFirst(key: Key, claims: FirstClaims): number | undefined {
    this.#first.delete(key);
    claims.left -= 1;
    claims.batch.left -= 1;
    if (claims.left === 0) this.#groups.delete(claims);
    return claims.batch.left === 0 ? claims.batch.id : undefined;
  }

  *all(): Iterable<readonly [Key, ClaimFacts]> {
    yield* this.#rows;
    yield* this.#first;
  }

  /** Those with a row of their own: whatever has happened to a claim since it began, it is among these. */
  ownRows(): Iterable<RunRow> {
    return this.#rows.values();
  }

  /** Keys of all, as JSON, for queries. */
  keysJson(): string {
    return JSON.stringify([...this.#rows.keys(), ...this.#first.keys()]);
  }

  /** Keys of those that are listed in a batch, as JSON, for queries. */
  listedJson(): string {
    return JSON.stringify([...this.#first.keys()]);
  }

  /** How many of them take a slot and satisfy `test`; a paused one keeps its worker's slot only (SEM 12). */
  count(test: (claim: ClaimFacts) => boolean): number {
    let count = 0;
    for (const run of this.#rows.values()) if (run.status !== "paused" && test(run)) count += 1;
    for (const claims of this.#groups) if (test(claims)) count += claims.left;
    return count;
  }

  clear(): void {
    this.#rows.clear();
    this.#first.clear();
    this.#groups.clear();
  }
}
