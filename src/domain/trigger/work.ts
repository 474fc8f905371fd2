// How much a search for instants may look at, and where it stopped when that was not enough.

/**
 * One search, some 30 ms at most: half a year of minutes that one excluding cron takes away one by one, or three centuries of
 * days that four take away.
 */
export const searchWork = 500_000;
/** All looking back that one decision does. */
export const decisionWork = 4_000_000;
/** A whole preview or simulation. */
export const answerWork = 1_000_000;

/**
 * The candidates one search, or all searches of one answer together, may look at; a day that is passed over counts once
 * for each excluding cron. It is counted, not timed, so that the same question has the same answer everywhere.
 */
export class Work {
  readonly #limit: number;
  #used = 0;
  #gaveUpAtMs: number | undefined;
  #hasGivenUp = false;

  /** @param limit - candidates, from 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  get isSpent(): boolean {
    return this.#used >= this.#limit;
  }

  /** Whether any search was given up. */
  get hasGivenUp(): boolean {
    return this.#hasGivenUp;
  }

  /**
   * Where the last search should go on, when it was given up: no instant lies between its beginning and this one, which
   * was not looked at itself. Undefined when it had its answer.
   */
  get gaveUpAtMs(): number | undefined {
    return this.#gaveUpAtMs;
  }

  /** A search begins. */
  begin(count: number): void {
    this.#gaveUpAtMs = undefined;
    this.spend(count);
  }

  spend(count: number): void {
    this.#used += count;
  }

  giveUp(atMs: number): void {
    this.#gaveUpAtMs = atMs;
    this.#hasGivenUp = true;
  }
}
