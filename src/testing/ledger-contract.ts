// The contract every ledger keeps: one suite, run against each implementation, ours and others'.

import type { Ledger } from "../ports/ledger.ts";
import { SkipList, type ContractRunner, type Skip } from "./contract-runner.ts";
import { admitting } from "./ledger-contract/admitting.ts";
import { adding } from "./ledger-contract/adding.ts";
import { answering } from "./ledger-contract/answering.ts";
import { auditing } from "./ledger-contract/auditing.ts";
import { cancelling } from "./ledger-contract/cancelling.ts";
import { claiming } from "./ledger-contract/claiming.ts";
import { committing } from "./ledger-contract/committing.ts";
import { creating } from "./ledger-contract/creating.ts";
import { depending } from "./ledger-contract/depending.ts";
import { filtering } from "./ledger-contract/filtering.ts";
import { firing } from "./ledger-contract/firing.ts";
import { keeping } from "./ledger-contract/keeping.ts";
import { limiting } from "./ledger-contract/limiting.ts";
import { overlapping } from "./ledger-contract/overlapping.ts";
import { pausing } from "./ledger-contract/pausing.ts";
import { reading } from "./ledger-contract/reading.ts";
import { recovering } from "./ledger-contract/recovering.ts";
import { repeating } from "./ledger-contract/repeating.ts";
import { settling } from "./ledger-contract/settling.ts";
import { suspecting } from "./ledger-contract/suspecting.ts";
import { tasks } from "./ledger-contract/tasks.ts";
import { timing } from "./ledger-contract/timing.ts";
import { runTest, type Topic } from "./ledger-contract/topic.ts";
import { telling } from "./ledger-contract/telling.ts";
import { webhooks } from "./ledger-contract/webhooks.ts";
import { workers } from "./ledger-contract/workers.ts";

const topics: readonly Topic[] = [
  tasks,
  creating,
  adding,
  claiming,
  limiting,
  settling,
  overlapping,
  firing,
  depending,
  cancelling,
  pausing,
  answering,
  timing,
  recovering,
  suspecting,
  workers,
  telling,
  webhooks,
  reading,
  filtering,
  committing,
  keeping,
  admitting,
  auditing,
  repeating,
];

export interface LedgerContract {
  /** The test framework to run in. */
  readonly runner: ContractRunner;
  /** Opens an empty ledger; the suite closes it. */
  readonly open: () => Promise<Ledger>;
  /** @default none */
  readonly skip?: readonly Skip[];
}

/**
 * Defines the contract's tests in the given test framework.
 *
 * Every test gets a ledger of its own and the same fixed clock; after each, the ledger is checked as a whole.
 */
export function testLedger({ runner, open, skip = [] }: LedgerContract): void {
  const { describe, it, expect } = runner;
  const skipped = new SkipList(skip);
  for (const { name, tests } of topics) {
    describe(name, () => {
      for (const [sentence, test] of Object.entries(tests)) {
        if (!skipped.has(sentence)) it(sentence, () => runTest(test, { open, expect }));
      }
    });
  }
  const unknown = skipped.unknown();
  if (unknown.length > 0)
    throw new Error(`no test is called ${unknown.map((test) => `"${test}"`).join(", ")}`);
}
