// `rota logs <run_…>`: what a run has written, as lines; with -f as they come.

import type { Command } from "commander";
import { addFollowFlag } from "./operation-command.ts";
import type { Session } from "./session.ts";

/** Lines of one answer; a longer log is read on with `--cursor` of `rota runs logs`. */
const most = 1000;

export function addLogsCommand(program: Command, session: Session): void {
  const isZh = session.language === "zh";
  const command = program
    .command("logs")
    .argument("<run>", isZh ? "运行的编号" : "id of a run")
    .description(isZh ? "显示运行的日志" : "Show the log of a run");
  addFollowFlag(command, session.language);
  command.action(async (id: string) => {
    if (command.opts()["follow"] === true)
      return session.follow(command, "runs.stream", { id, only: ["log"] });
    return session.perform(command, {
      operation: "runs.logs",
      input: { id, limit: most },
      isReading: true,
      columns: ["at", "level", "message", "fields"],
    });
  });
}
