// A topic of the ledger contract: named tests over a fresh scene each, with what must hold after every one of them.

import { runStatuses } from "../../domain/run-state.ts";
import type { ContractRunner } from "../contract-runner.ts";
import { Scene } from "./scene.ts";
import type { Ledger } from "../../ports/ledger.ts";

export type Expect = ContractRunner["expect"];

export interface Topic {
  readonly name: string;
  readonly tests: Readonly<Record<string, (scene: Scene, expect: Expect) => Promise<void>>>;
}

/** Runs one test on a ledger of its own, then looks whether what it left behind is whole. */
export async function runTest(
  test: Topic["tests"][string],
  { open, expect }: { readonly open: () => Promise<Ledger>; readonly expect: Expect },
): Promise<void> {
  const ledger = await open();
  try {
    const scene = new Scene(ledger);
    await test(scene, expect);
    if (!scene.isClosed) await expectWhole(scene, expect);
  } finally {
    await ledger.close();
  }
}

/** The stored data contradicts itself nowhere, counts agree with the lists, and every history is without gap. */
async function expectWhole({ ledger }: Scene, expect: Expect): Promise<void> {
  expect(await ledger.maintenance.check(), "the ledger's own check").toEqual([]);
  const { items } = await ledger.runs.list({ limit: 1000 });
  const { byStatus } = await ledger.runs.counts();
  for (const status of runStatuses) {
    if (items.length < 1000)
      expect(byStatus[status], `the count of ${status}`).toBe(
        items.filter((run) => run.status === status).length,
      );
  }
  for (const run of items.slice(0, 50)) {
    const history = await ledger.runs.history(run.key);
    expect(
      history.map(({ seq }) => seq),
      `the history of a run that is ${run.status}`,
    ).toEqual(Array.from({ length: run.version }, (_, index) => index + 1));
  }
}
