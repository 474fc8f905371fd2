// `rota workflows check|simulate|graph FILE`: operations on a definition that lies in a file.

import type { Command } from "commander";
import type { OperationName } from "../contract/routes.ts";
import type { OperationCommand } from "./commands.ts";
import { readDefinition } from "./definition-file.ts";
import type { Field } from "./field.ts";
import type { OperationCall, Session } from "./session.ts";
import { isRecord } from "./value-text.ts";
import { showDrawing, showFindings, showSimulation } from "./workflow-text.ts";

interface Kind {
  /** The definition is the whole input, and no field of it. */
  readonly isWhole: boolean;
  readonly flags: readonly Field[];
  readonly show: (flags: Readonly<Record<string, unknown>>) => OperationCall["show"];
}

const mermaidFlag = field("mermaid", "print the Mermaid flowchart", "boolean");

const kinds: Readonly<Partial<Record<OperationName, Kind>>> = {
  "workflows.check": { isWhole: true, flags: [], show: () => showFindings },
  "workflows.simulate": { isWhole: false, flags: [], show: () => showSimulation },
  "workflows.draw": {
    isWhole: false,
    flags: [mermaidFlag],
    show: ({ mermaid }) => showDrawing(mermaid === true ? "mermaid" : "text"),
  },
};

/** The command with a file in place of the definition; any other command as it is. */
export function withFile(command: OperationCommand): OperationCommand {
  const kind = kinds[command.operation];
  if (kind === undefined) return command;
  const file = {
    ...field("file", "JSON, or a module that exports the definition", "text"),
    isRequired: true,
  };
  const fields = kind.isWhole ? [] : command.options.filter(({ name }) => name !== "definition");
  return { ...command, args: [file], options: [...fields, ...kind.flags] };
}

export function readsFile({ operation }: OperationCommand): boolean {
  return kinds[operation] !== undefined;
}

/** Performs a command made by {@link withFile}. */
export async function performWithFile(
  session: Session,
  command: Command,
  call: { readonly operation: OperationName; readonly given: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { file: path, mermaid, ...input } = call.given;
  const { isWhole = false, show } = kinds[call.operation] ?? {};
  const definition = await readDefinition(String(path), session.terminal);
  const shown = show?.({ mermaid });
  await session.perform(command, {
    operation: call.operation,
    input: isWhole ? definition : { ...input, definition },
    isReading: true,
    // A script must not take a definition for good that is not.
    endAs: (answer) => (isRecord(answer) && answer["ok"] === false ? 2 : 0),
    ...(shown === undefined ? {} : { show: shown }),
  });
}

function field(name: string, description: string, shape: "text" | "boolean"): Field {
  return {
    name,
    description,
    flag: `--${name}`,
    shapes: new Set([shape]),
    itemShapes: new Set(),
    choices: [],
    isRequired: false,
  };
}
