// `rota explain <task_…|run_…|queue>`: why something is not done, whatever it is.

import type { Command } from "commander";
import type { OperationCall, Session } from "./session.ts";

export function addExplainCommand(program: Command, session: Session): void {
  const isZh = session.language === "zh";
  const command = program
    .command("explain")
    .argument(
      "<target>",
      isZh ? "任务或运行的编号，或队列名称" : "id of a task or run, or the name of a queue",
    )
    .description(
      isZh ? "解释任务、运行或队列为什么没有执行" : "Explain why a task, run or queue is not doing anything",
    );
  command.action(async (target: string) => {
    await session.perform(command, { ...callFor(target), isReading: true });
  });
}

function callFor(target: string): Pick<OperationCall, "operation" | "input"> {
  if (target.startsWith("task_")) return { operation: "tasks.explain", input: { id: target } };
  if (target.startsWith("run_")) return { operation: "runs.explain", input: { id: target } };
  return { operation: "queues.explain", input: { name: target } };
}
