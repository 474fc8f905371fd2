// `rota serve`: runs the server until it is told to stop.

import { constants } from "node:os";
import type { Command } from "commander";
import type { Config } from "../config/config.ts";
import { formatDuration } from "../domain/duration.ts";
import type { Language } from "./language.ts";
import type { Session } from "./session.ts";
import { addSettingOptions } from "./setting-options.ts";
import type { Colors } from "./terminal.ts";

/** What the command needs of a running server. */
export interface Server {
  readonly url: string;
  readonly close: (options: { readonly graceMs: number }) => Promise<void>;
}

export type Serve = (config: Config) => Promise<Server>;

export function addServeCommand(program: Command, session: Session, serve: Serve): void {
  const { language, terminal } = session;
  const command = program
    .command("serve")
    .description(
      language === "zh"
        ? "启动服务：执行任务，并提供 HTTP 接口"
        : "Start the server: it runs the tasks and answers over HTTP",
    );
  addSettingOptions(command, ({ name, usedBy }) => usedBy !== "client" && name !== "database");
  command.action(async () => {
    const { config } = await session.load(command);
    const server = await serve(config);
    // Programs that start a server wait for this line, so it comes first and alone.
    terminal.out(`${server.url}\n`);
    if (terminal.isTerminal) terminal.out(welcome(server.url, language, terminal.colors));
    await untilStopped(server, config.drainMs, session);
  });
}

const stopSignals = ["SIGTERM", "SIGINT"] as const;

/** The first signal drains, the second ends the process at once. */
async function untilStopped(server: Server, drainMs: number, session: Session): Promise<void> {
  const stopping = Promise.withResolvers<void>();
  let isStopping = false;
  const onSignal = (signal: (typeof stopSignals)[number]): void => {
    if (isStopping) process.exit(128 + constants.signals[signal]);
    isStopping = true;
    const drain = formatDuration(drainMs);
    session.say({
      en: `${signal}: stopping; what runs has ${drain} to finish, a second signal ends it at once`,
      zh: `${signal}：正在停止；运行中的任务有 ${drain} 完成，再次发送信号则立即结束`,
    });
    server.close({ graceMs: drainMs }).then(stopping.resolve, stopping.reject);
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  await stopping.promise;
  for (const signal of stopSignals) process.off(signal, onSignal);
}

function welcome(url: string, language: Language, colors: Colors): string {
  const create = 'rota tasks create hello --type http --params \'{"url":"https://example.com"}\' --every 1m';
  const steps =
    language === "zh"
      ? [
          ["创建第一个任务", create],
          ["查看它的运行", "rota runs list"],
          ["阅读接口文档", `${url}/docs`],
        ]
      : [
          ["create a first task", create],
          ["see its runs", "rota runs list"],
          ["read the API", `${url}/docs`],
        ];
  const title = language === "zh" ? "Rota 已就绪。接下来：" : "Rota is ready. What to do next:";
  const lines = steps.map(
    ([what = "", how = ""], index) => `  ${index + 1}. ${what}\n     ${colors.cyan(how)}\n`,
  );
  return `\n${colors.bold(title)}\n${lines.join("")}\n`;
}
