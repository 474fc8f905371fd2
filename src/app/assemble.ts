// The composition root: puts a Rota together from its adapters; the one place that knows them all.

import { MemoryBroker } from "../brokers/memory/index.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import { IdCodec } from "../domain/ids.ts";
import { Calculators } from "../domain/trigger/calculators.ts";
import { createCommandExecutor } from "../executors/command/command-executor.ts";
import { createHttpExecutor } from "../executors/http/http-executor.ts";
import { InlineHost } from "../hosts/inline/inline-host.ts";
import { ProcessHost } from "../hosts/process/process-host.ts";
import { ThreadHost } from "../hosts/thread/thread-host.ts";
import type { Executor } from "../ports/executor.ts";
import type { SecretProvider } from "../ports/secret-provider.ts";
import type { RotaOptions } from "./create-rota.ts";
import { LazyOutbound } from "./lazy-outbound.ts";
import { Rota } from "./rota.ts";
import { SeededRandom } from "./seeded-random.ts";
import { TelemetryHub } from "./telemetry-hub.ts";

/** What is there before anything is assembled. */
export type Ground = Pick<EngineParts, "clock" | "ledger" | "settings">;

/** @param options - checked: no two executors of one type, every duration readable */
export function assemble<Executors extends readonly Executor[]>(
  options: RotaOptions<Executors>,
  ground: Ground,
): Rota<Executors> {
  const { clock, settings, ledger } = ground;
  const { limits } = settings;
  const processes = new ProcessHost({ clock, limits });
  const parts: EngineParts = {
    ...ground,
    hosts: {
      inline: new InlineHost({ clock, limits }),
      thread: new ThreadHost({ clock, limits }),
      process: processes,
    },
    broker: options.broker ?? new MemoryBroker(),
    random: options.random ?? new SeededRandom(Math.floor(Math.random() * 2 ** 32)),
    telemetry: options.telemetry ?? new TelemetryHub(),
    ids: new IdCodec(ledger.identity.idSeed),
    calculators: new Calculators(),
    executors: executorsOf(options, processes, ground),
    secrets: secretsOf(options.secrets),
  };
  return new Rota<Executors>(parts, new Engine(parts), {
    staysAlive: options.clock === undefined,
    tasks: options.tasks ?? [],
  });
}

/** The provider given goes first, then the environment of this process. */
function secretsOf(given: SecretProvider | undefined): SecretProvider {
  const own = (name: string): string | undefined => process.env[`ROTA_SECRET_${name}`];
  return given === undefined ? own : async (name) => (await given(name)) ?? own(name);
}

function executorsOf(
  { outbound, allowCommands = false, executors = [] }: Omit<RotaOptions, "tasks">,
  processes: ProcessHost,
  { clock, settings: { limits } }: Ground,
): ReadonlyMap<string, Executor> {
  const all: Executor[] = [
    createHttpExecutor({ outbound: new LazyOutbound({ clock, allowPrivate: true, ...outbound }), limits }),
  ];
  if (allowCommands !== false) {
    all.push(
      createCommandExecutor({ processes, limits, allow: allowCommands === true ? "any" : allowCommands }),
    );
  }
  return new Map([...all, ...executors].map((executor) => [executor.type, executor]));
}
