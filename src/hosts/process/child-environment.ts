// What child processes inherit from the worker: its environment without Rota's own settings, its options without debugging.

/** Options of Node that must not be inherited: a second debugger on the same port, a script instead of a module. */
const notInherited =
  /^--(?:inspect|debug|test|watch|eval|print|check|interactive|prof|cpu-prof|heap-prof|input-type)/u;

/** The options this process was started with; an option's value may stand apart from it and goes where the option goes. */
export function ownExecArgv(argv: readonly string[] = process.execArgv): readonly string[] {
  let isKept = true;
  return argv.filter((part) => {
    if (part.startsWith("-"))
      isKept = part.startsWith("--") ? !notInherited.test(part) : part === "-r" || part === "-C";
    return isKept;
  });
}

/** `ROTA_*` holds the database's address and secrets (SEM 31), which are the worker's business alone. */
export function ownEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith("ROTA_")) env[name] = value;
  }
  return env;
}
