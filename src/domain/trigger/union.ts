// The instants of `any`: those of all its members; instants that coincide are one.

import type { InstantSource } from "./local-pattern.ts";

export class Union implements InstantSource {
  readonly #members: readonly InstantSource[];

  constructor(members: readonly InstantSource[]) {
    this.#members = members;
  }

  next(afterMs: number): number {
    let first = Infinity;
    for (const member of this.#members) first = Math.min(first, member.next(afterMs));
    return first;
  }

  previous(beforeMs: number): number {
    let last = -Infinity;
    for (const member of this.#members) last = Math.max(last, member.previous(beforeMs));
    return last;
  }
}
