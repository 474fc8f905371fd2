// `npm test`: the whole gate, cheapest first, stopping at the first stage that fails.
// `npm test -- path …` builds and gives its arguments to vitest instead.
import { printResult, runStage, type Stage } from "./stage.ts";

const build: Stage = { name: "build", command: ["node", "scripts/setup/main.mjs", "build"] };

const stages: readonly Stage[] = [
  { name: "check", command: ["node", "scripts/check.ts"] },
  build,
  tests("unit", "types", "architecture", "golden"),
  tests("contract", "engine"),
  tests("hosts"),
  tests("simulation"),
  { name: "package", command: ["node", "scripts/check-package.ts"] },
  tests("e2e"),
  tests("examples"),
  tests("fault"),
];

function tests(...projects: readonly string[]): Stage {
  const flags = projects.flatMap((project) => ["--project", project]);
  return { name: projects.join(", "), command: ["vitest", "run", ...flags] };
}

async function runAll(all: readonly Stage[]): Promise<boolean> {
  const startedAt = performance.now();
  for (const [index, stage] of all.entries()) {
    console.log(`\n── ${index + 1}/${all.length} ${stage.name}`);
    const result = await runStage(stage, { isLive: true });
    printResult(result);
    if (!result.isPassed) return false;
  }
  console.log(
    `\nall ${all.length} stages passed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  );
  return true;
}

const args = process.argv.slice(2);
const isWhole = args.length === 0;
const chosen: readonly Stage[] = isWhole
  ? stages
  : [build, { name: "vitest", command: ["vitest", "run", ...args] }];
if (!(await runAll(chosen))) process.exitCode = 1;
