// What a contract suite needs of a test framework; it is given, so that any can run the suite.

/** The assertions the suites use; those of vitest and jest fit. */
export interface Assertions {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toHaveLength(expected: number): void;
  toContain(expected: unknown): void;
  toBeDefined(): void;
  toBeUndefined(): void;
  toBeLessThan(expected: number): void;
  toBeLessThanOrEqual(expected: number): void;
  toBeGreaterThan(expected: number): void;
}

export interface ContractRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
  readonly expect: (actual: unknown, message?: string) => Assertions;
}

/** Tests an implementation does not pass, and why. */
export interface Skip {
  readonly reason: string;
  readonly tests: readonly string[];
}

/** Leaves out what is skipped, and fails for a skip that names no test: it would hide that the reason is gone. */
export class SkipList {
  readonly #skips: readonly Skip[];
  readonly #seen = new Set<string>();

  constructor(skips: readonly Skip[]) {
    this.#skips = skips;
  }

  has(test: string): boolean {
    this.#seen.add(test);
    return this.#skips.some(({ tests }) => tests.includes(test));
  }

  unknown(): readonly string[] {
    return this.#skips.flatMap(({ tests }) => tests).filter((test) => !this.#seen.has(test));
  }
}
