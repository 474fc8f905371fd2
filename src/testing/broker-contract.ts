// The contract every broker keeps: hints that reach one consumer, signals that reach all (SEM 3, 4).

import type { Broker, Delivery, Signal } from "../ports/broker.ts";
import { SkipList, type ContractRunner, type Skip } from "./contract-runner.ts";

export interface BrokerContract {
  /** The test framework to run in. */
  readonly runner: ContractRunner;
  /** Opens an empty broker; the suite closes it. */
  readonly open: () => Promise<Broker>;
  /** @default none */
  readonly skip?: readonly Skip[];
}

type Expect = ContractRunner["expect"];

/** Collects what a consumer or subscriber hears, and lets a test wait for it. */
class Ear<T> {
  readonly heard: T[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  hear(value: T): void {
    this.heard.push(value);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.heard.length < count) return true;
      resolve();
      return false;
    });
  }

  async until(count: number): Promise<readonly T[]> {
    if (this.heard.length < count)
      await new Promise<void>((resolve) => this.#waiting.push({ count, resolve }));
    return this.heard;
  }
}

const tests: Readonly<Record<string, (broker: Broker, expect: Expect) => Promise<void>>> = {
  "hands a delivery to the consumer of its queue": async (broker, expect) => {
    const [mail, other] = [new Ear<Delivery>(), new Ear<Delivery>()];
    await broker.consume("mail", async (delivery) => mail.hear(delivery));
    await broker.consume("other", async (delivery) => other.hear(delivery));
    await broker.deliver({ queue: "mail", runKeys: [1, 2] });
    expect(await mail.until(1)).toEqual([{ queue: "mail", runKeys: [1, 2] }]);
    expect(other.heard).toEqual([]);
  },
  "keeps a delivery for a consumer that comes later": async (broker, expect) => {
    await broker.deliver({ queue: "mail", runKeys: [1] });
    const ear = new Ear<Delivery>();
    await broker.consume("mail", async (delivery) => ear.hear(delivery));
    expect((await ear.until(1))[0]).toEqual({ queue: "mail", runKeys: [1] });
  },
  "gives a delivery to one consumer, and shares the work among several": async (broker, expect) => {
    const ears = [new Ear<Delivery>(), new Ear<Delivery>()];
    for (const ear of ears) await broker.consume("mail", async (delivery) => ear.hear(delivery));
    for (let n = 0; n < 10; n++) {
      await broker.deliver({ queue: "mail", runKeys: [n] });
      while (ears.reduce((sum, ear) => sum + ear.heard.length, 0) <= n) await ears[0]?.until(0);
    }
    const keys = ears.flatMap((ear) => ear.heard.flatMap(({ runKeys }) => runKeys));
    expect(keys.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const ear of ears) expect(ear.heard.length).toBeGreaterThan(0);
  },
  "holds a bounded backlog: a flood without consumers still rings the bell, and no more": async (
    broker,
    expect,
  ) => {
    for (let n = 0; n < 20_000; n++) await broker.deliver({ queue: "mail", runKeys: [n] });
    const ear = new Ear<Delivery>();
    await broker.consume("mail", async (delivery) => ear.hear(delivery));
    const [first] = await ear.until(1);
    expect(first?.queue).toBe("mail");
    expect(first?.runKeys.length ?? 0).toBeLessThanOrEqual(1000);
  },
  "a consumer that fails or leaves loses no later delivery": async (broker, expect) => {
    const [broken, good] = [new Ear<Delivery>(), new Ear<Delivery>()];
    const leave = await broker.consume("mail", async (delivery) => {
      broken.hear(delivery);
      throw new Error("the consumer broke");
    });
    await broker.deliver({ queue: "mail", runKeys: [1] });
    await broken.until(1);
    await broker.deliver({ queue: "mail", runKeys: [2] });
    await broken.until(2);
    await leave();
    await broker.consume("mail", async (delivery) => good.hear(delivery));
    await broker.deliver({ queue: "mail", runKeys: [3] });
    expect((await good.until(1))[0]?.runKeys).toContain(3);
    expect(broken.heard).toHaveLength(2);
  },
  "tells every subscriber, the signaller's own included, until it leaves": async (broker, expect) => {
    const ears = [new Ear<Signal>(), new Ear<Signal>()];
    const leaves = await Promise.all(ears.map((ear) => broker.subscribe((signal) => ear.hear(signal))));
    await broker.signal({ kind: "cancel", runKeys: [7] });
    for (const ear of ears) expect(await ear.until(1)).toEqual([{ kind: "cancel", runKeys: [7] }]);
    await leaves[0]?.();
    await broker.signal({ kind: "wake", queue: "mail" });
    expect(await ears[1]?.until(2)).toEqual([
      { kind: "cancel", runKeys: [7] },
      { kind: "wake", queue: "mail" },
    ]);
    expect(ears[0]?.heard).toHaveLength(1);
  },
  "says nothing more once it is closed, and closing twice is fine": async (broker, expect) => {
    const [ear, signals] = [new Ear<Delivery>(), new Ear<Signal>()];
    await broker.consume("mail", async (delivery) => ear.hear(delivery));
    await broker.subscribe((signal) => signals.hear(signal));
    await broker.close();
    await Promise.allSettled([
      broker.deliver({ queue: "mail", runKeys: [1] }),
      broker.signal({ kind: "wake" }),
    ]);
    expect([ear.heard, signals.heard]).toEqual([[], []]);
  },
};

/**
 * Defines the contract's tests in the given test framework; every test gets a broker of its own.
 *
 * Deliveries are hints: the suite asks that the bell rings, never how often.
 */
export function testBroker({ runner, open, skip = [] }: BrokerContract): void {
  const { describe, it, expect } = runner;
  const skipped = new SkipList(skip);
  describe("broker", () => {
    for (const [sentence, test] of Object.entries(tests)) {
      if (skipped.has(sentence)) continue;
      it(sentence, async () => {
        const broker = await open();
        try {
          await test(broker, expect);
        } finally {
          await broker.close();
        }
      });
    }
  });
  const unknown = skipped.unknown();
  if (unknown.length > 0)
    throw new Error(`no test is called ${unknown.map((test) => `"${test}"`).join(", ")}`);
}
