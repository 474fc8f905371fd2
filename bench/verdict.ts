// Holds medians against bars.

import type { Bar, Source } from "./bars.ts";
import type { Measurement } from "./contest.ts";
import { median } from "./statistics.ts";

export interface Verdict {
  readonly id: string;
  readonly title: string;
  readonly figure: string;
  readonly subject: string;
  readonly value: number;
  /** Absent for a bar that is absolute. */
  readonly against?: { readonly name: string; readonly value: number; readonly ratio: number };
  /** For example `≥ 2 ×` or `≤ 10`. */
  readonly asks: string;
  /** Undefined when something was not measured. */
  readonly isReached: boolean | undefined;
  /** Some measurement behind it was disturbed on every try. */
  readonly isDisturbed: boolean;
}

export function judge(bar: Bar, measurements: readonly Measurement[], maxForeign: number): Verdict {
  const value = medianOf(bar.subject, measurements);
  const reference = bar.against && medianOf(bar.against, measurements);
  const measured = reference === undefined ? value : Math.max(0, value - (bar.plus ?? 0)) / reference;
  const isMeasured = !Number.isNaN(measured);
  return {
    id: bar.id,
    title: bar.title,
    figure: bar.subject.figure,
    subject: bar.subject.contender,
    value,
    ...(bar.against && reference !== undefined
      ? { against: { name: bar.against.contender, value: reference, ratio: value / reference } }
      : {}),
    asks: asked(bar),
    isReached: isMeasured ? holds(bar, measured) : undefined,
    isDisturbed: sourcesOf(bar).some((source) =>
      behind(source, measurements).some(({ foreign }) => foreign > maxForeign),
    ),
  };
}

function medianOf(source: Source, measurements: readonly Measurement[]): number {
  return median(behind(source, measurements).map(({ figures }) => figures[source.figure] ?? Number.NaN));
}

function behind(
  { workload, contender }: Source,
  measurements: readonly Measurement[],
): readonly Measurement[] {
  return measurements.filter((one) => one.workload === workload.name && one.contender === contender);
}

function sourcesOf(bar: Bar): readonly Source[] {
  return bar.against ? [bar.subject, bar.against] : [bar.subject];
}

function holds(bar: Bar, measured: number): boolean {
  return "atLeast" in bar.asks ? measured >= bar.asks.atLeast : measured <= bar.asks.atMost;
}

function asked(bar: Bar): string {
  const [sign, bound] = "atLeast" in bar.asks ? ["≥", bar.asks.atLeast] : ["≤", bar.asks.atMost];
  return `${sign} ${bound}${bar.against ? " ×" : ""}${bar.plus ? ` + ${bar.plus}` : ""}`;
}
