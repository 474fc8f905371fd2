// `npm run check`: all that can be said about the code without running it. Every finding is shown, not only the first.
import { printResult, runStage, type Stage } from "./stage.ts";

const checks: readonly Stage[] = [
  { name: "generated files", command: ["node", "scripts/generate.ts", "--check"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "types", command: ["tsc", "-b"] },
  { name: "lint", command: ["oxlint"] },
  { name: "dead code", command: ["knip"] },
];

let hasFailed = false;
for (const check of checks) {
  const result = await runStage(check, { isLive: false });
  printResult(result);
  hasFailed ||= !result.isPassed;
}
if (hasFailed) {
  console.error("\nsome of this can be mended by: npm run fix && npm run generate");
  process.exitCode = 1;
}
