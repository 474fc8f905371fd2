// The report: a table for the terminal and RESULTS.md, and a JSON file with every measurement.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measurement } from "./contest.ts";
import type { Machine } from "./machine.ts";
import { median } from "./statistics.ts";
import type { Verdict } from "./verdict.ts";
import type { Workload } from "./workload.ts";

export interface Report {
  readonly machine: Machine;
  readonly verdicts: readonly Verdict[];
  readonly workloads: readonly Workload[];
  readonly measurements: readonly Measurement[];
  readonly versions: Readonly<Record<string, string>>;
}

/** Writes both files and returns the path of the JSON. */
export function writeReport(report: Report): string {
  const { machine, verdicts, measurements, versions } = report;
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const name = `${machine.date.slice(0, 19).replaceAll(":", "")}-${machine.commit}.json`;
  writeFileSync(
    join(folder, name),
    `${JSON.stringify({ machine, versions, verdicts, measurements }, undefined, 1)}\n`,
  );
  writeFileSync(join(import.meta.dirname, "RESULTS.md"), markdown(report, name));
  return join("bench", "results", name);
}

export function barTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => [
    verdict.id,
    `${verdict.title}, ${unitOf(verdict.figure)}`,
    shown(verdict.value),
    verdict.against ? `${verdict.against.name} ${shown(verdict.against.value)}` : "–",
    verdict.against ? `${verdict.against.ratio.toFixed(2)} ×` : "–",
    verdict.asks,
    `${verdict.isReached === undefined ? "not measured" : verdict.isReached ? "yes" : "**no**"}${verdict.isDisturbed ? " (disturbed)" : ""}`,
  ]);
  return table(["bar", "what", "Rota", "against", "ratio", "asked", "reached"], rows);
}

function markdown({ machine, verdicts, workloads, measurements, versions }: Report, json: string): string {
  const peers = Object.entries(versions).map(([peer, version]) => `${peer} ${version}`);
  return [
    "# Results",
    `Written by \`${machine.command}\` on ${machine.date.slice(0, 10)} at commit ${machine.commit}; every measurement is in [results/${json}](results/${json}).`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.fsyncsPerSecond.toLocaleString("en")} fsync/s; ${machine.system}, Node ${machine.node}, SQLite ${machine.sqlite}; ${peers.join(", ")}.`,
    "Absolute figures are of this machine; a bar is a ratio taken in one run, of medians. What “disturbed” means is in the README.",
    "## Bars",
    barTable(verdicts),
    "## Figures",
    ...workloads.map(
      (workload) =>
        `### ${workload.name}\n\n${sentence(workload.what)}\n\n${figureTable(workload, measurements)}`,
    ),
    "",
  ].join("\n\n");
}

function figureTable(workload: Workload, measurements: readonly Measurement[]): string {
  const own = measurements.filter((one) => one.workload === workload.name);
  const figures = [...new Set(own.flatMap((one) => Object.keys(one.figures)))];
  const rows = workload.contenders.map(({ name }) => {
    const rounds = own.filter((one) => one.contender === name);
    const cells = figures.map((figure) => {
      const values = rounds.map((one) => one.figures[figure]).filter((value) => value !== undefined);
      return values.length === 0 ? "–" : `${shown(median(values))}${range(values)}`;
    });
    return [name, ...cells, String(rounds.length)];
  });
  return table(["", ...figures.map(unitOf), "rounds"], rows);
}

function range(values: readonly number[]): string {
  return values.length < 2 ? "" : ` (${shown(Math.min(...values))}–${shown(Math.max(...values))})`;
}

function shown(value: number): string {
  if (Number.isNaN(value)) return "–";
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(value < 10 ? 2 : 1);
}

/** `warmPerSecond` → `warm /s`, `p99Ms` → `p99 ms`, `cpuSecondsPer1000` → `cpu seconds per 1000`. */
function unitOf(figure: string): string {
  const words = figure
    .replace(/PerSecond$|^perSecond$/u, " /s")
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z])|(?<=Per)(?=\d)/gu, " ");
  return words.trim().toLowerCase();
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
