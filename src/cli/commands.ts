// The commands of the catalogue.

import { operations } from "../contract/catalogue.ts";
import { bulkOut } from "../contract/schema/bulk.ts";
import type { Operation } from "../contract/operation.ts";
import { commandSpec, type CommandSpec } from "./command-spec.ts";
import { withFile } from "./workflow-commands.ts";

/**
 * A command, whether its operation leaves everything as it is, whether it goes on answering, and whether it changes all
 * that a filter matches.
 */
export type OperationCommand = CommandSpec & {
  readonly isReading: boolean;
  readonly isStream: boolean;
  readonly isBulk: boolean;
};

/** One for each entry, in the order of the catalogue. */
export function catalogueCommands(entries: readonly Operation[] = operations): readonly OperationCommand[] {
  return entries.map((entry) => {
    const { name, summary, description, cli, effect, input, output, answer } = entry;
    const schema: Readonly<Record<string, unknown>> = { ...input.toJSONSchema({ io: "input" }) };
    const spec = commandSpec({
      name,
      summary,
      cli,
      input: schema,
      ...(description === undefined ? {} : { description }),
    });
    return withFile({
      ...spec,
      isReading: effect === "reads",
      isStream: answer === "stream",
      isBulk: output === bulkOut,
    });
  });
}
