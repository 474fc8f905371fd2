// The composition root: puts a Rota together from its adapters; the one place that knows them all.

import { MemoryBroker } from "../brokers/memory/index.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineParts } from "../engine/parts.ts";
import { IdCodec } from "../domain/ids.ts";
import type { Limits } from "../domain/limits.ts";
import { Calculators } from "../domain/trigger/calculators.ts";
import { createCommandExecutor } from "../executors/command/command-executor.ts";
import { createHttpExecutor } from "../executors/http/http-executor.ts";
import { JsonataExpressions } from "../expressions/jsonata/jsonata-expressions.ts";
import { InlineHost } from "../hosts/inline/inline-host.ts";
import { ProcessHost } from "../hosts/process/process-host.ts";
import { ThreadHost } from "../hosts/thread/thread-host.ts";
import type { Executor } from "../ports/executor.ts";
import type { Outbound } from "../ports/outbound.ts";
import type { WorkflowFunction } from "../ports/workflow-function.ts";
import type { RotaOptions } from "./create-rota.ts";
import type { DefinedWorkflow } from "./define-workflow.ts";
import { LazyOutbound } from "./lazy-outbound.ts";
import { lazySigner } from "./lazy-signer.ts";
import { Rota } from "./rota.ts";
import { SeededRandom } from "./seeded-random.ts";
import { servicesOf } from "./services-of.ts";
import { TelemetryHub } from "./telemetry-hub.ts";
import { webhookSettings } from "./webhook-settings.ts";

/** What is there before anything is assembled; `executors` are those the caller gave. */
export type Ground = Pick<EngineParts, "clock" | "ledger" | "settings" | "validator" | "executors">;

/** @param options - checked: no two executors of one type, every duration readable */
export function assemble<Executors extends readonly Executor[]>(
  options: RotaOptions<Executors>,
  ground: Ground,
): Rota<Executors> {
  const { clock, settings, ledger } = ground;
  const { limits } = settings;
  const processes = new ProcessHost({ clock, limits });
  const outbound = new LazyOutbound({ clock, allowPrivate: true, ...options.outbound });
  const ids = new IdCodec(ledger.identity.idSeed);
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
    ids,
    calculators: new Calculators(),
    executors: new Map([...builtIn(options, { processes, outbound, limits }), ...ground.executors]),
    webhooks: {
      clock,
      ids,
      outbound,
      signer: lazySigner,
      settings: webhookSettings(options.webhooks),
      messageOf: async (event) => {
        const { webhookMessage } = await import("../operations/webhook-message.ts");
        return webhookMessage(event, await servicesOf(parts, engine));
      },
    },
    expressions: new JsonataExpressions(),
    functions: functionsOf(options.workflows ?? []),
  };
  const engine: Engine = new Engine(parts);
  return new Rota<Executors>(parts, engine, options.clock === undefined);
}

interface BuiltOn {
  readonly processes: ProcessHost;
  readonly outbound: Outbound;
  readonly limits: Limits;
}

function builtIn(
  { allowCommands = false, allowCommandEnvironment = [] }: RotaOptions,
  { processes, outbound, limits }: BuiltOn,
): ReadonlyMap<string, Executor> {
  const all: Executor[] = [createHttpExecutor({ outbound, limits })];
  if (allowCommands !== false) {
    all.push(
      createCommandExecutor({
        processes,
        limits,
        allow: allowCommands === true ? "any" : allowCommands,
        allowEnvironment: allowCommandEnvironment,
      }),
    );
  }
  return new Map(all.map((executor) => [executor.type, executor]));
}

/** Names begin with the name of their workflow, and no two workflows have the same. */
function functionsOf(workflows: readonly DefinedWorkflow[]): ReadonlyMap<string, WorkflowFunction> {
  return new Map(workflows.flatMap(({ functions }) => [...functions]));
}
