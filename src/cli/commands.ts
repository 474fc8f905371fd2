// The commands of the catalogue.

import { operations } from "../contract/catalogue.ts";
import type { Operation } from "../contract/operation.ts";
import { commandSpec, type CommandSpec } from "./command-spec.ts";
import { withFile } from "./workflow-commands.ts";

/** A command, and whether its operation leaves everything as it is. */
export type OperationCommand = CommandSpec & { readonly isReading: boolean };

/** One for each entry, in the order of the catalogue. */
export function catalogueCommands(entries: readonly Operation[] = operations): readonly OperationCommand[] {
  return entries.map((entry) => {
    const { name, summary, description, cli, effect, input } = entry;
    const schema: Readonly<Record<string, unknown>> = { ...input.toJSONSchema({ io: "input" }) };
    const spec = commandSpec({
      name,
      summary,
      cli,
      input: schema,
      ...(description === undefined ? {} : { description }),
    });
    return withFile({ ...spec, isReading: effect === "reads" });
  });
}
