// I5: a server killed among calls under Idempotency-Keys, and the same calls again: each has happened once.
import { expect, it } from "vitest";
import { Workplace } from "./cli-process.ts";

const clients = 8;
const callsOfEach = 40;
const rounds = 4;
/** Answers of all clients before the kill; each of them then is at another place of its call. */
const answersBeforeKill = 60;

interface Made {
  readonly id: string;
  readonly name: string;
}

async function create(url: string, name: string): Promise<Made> {
  const response = await fetch(`${url}/api/v1/tasks`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": name },
    body: JSON.stringify({ name, type: "http", params: { url: "http://127.0.0.1:9/" } }),
  });
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as Made; // the test looks at both fields
}

it("P2 SEM 29 I5 performs each call once, whenever the server is killed and the calls come again", async () => {
  await using place = new Workplace();
  /** Ids that were answered to each call; there must never be two. */
  const answers = new Map<string, Set<string>>();
  for (let client = 0; client < clients; client++) {
    for (let call = 0; call < callsOfEach; call++) answers.set(`${client}-${call}`, new Set());
  }
  const askAll = (url: string, onAnswer: () => void) =>
    Promise.allSettled(
      Array.from({ length: clients }, async (_, client) => {
        for (let call = 0; call < callsOfEach; call++) {
          const { id, name } = await create(url, `${client}-${call}`);
          answers.get(name)?.add(id);
          onAnswer();
        }
      }),
    );
  for (let round = 1; round <= rounds; round++) {
    const server = await place.serve();
    let answered = 0;
    // Calls of the rounds before come first, and are answered without being performed.
    const asking = askAll(server.url, () => {
      if ((answered += 1) === round * answersBeforeKill) server.kill("SIGKILL");
    });
    expect(
      (await asking).some(({ status }) => status === "rejected"),
      "it was killed in the middle",
    ).toBe(true);
    await server.ended;
  }
  const { url } = await place.serve();
  expect((await askAll(url, () => undefined)).filter(({ status }) => status === "rejected")).toEqual([]);
  expect([...answers].filter(([, ids]) => ids.size !== 1)).toEqual([]);
  const listed = (await (await fetch(`${url}/api/v1/tasks?limit=1000`)).json()) as { items: readonly Made[] }; // as above
  expect(listed.items.map(({ name }) => name).toSorted()).toEqual([...answers.keys()].toSorted());
});
