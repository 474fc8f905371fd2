// Runs workloads: the contenders alternately, every second round in reverse, each in fresh processes under the guard.

import { guarded, type GuardSettings } from "./guard.ts";
import type { Figures, Stage, Workload } from "./workload.ts";

export interface Measurement {
  readonly workload: string;
  readonly contender: string;
  readonly round: number;
  readonly figures: Figures;
  /** Share of all cores that strangers used meanwhile. */
  readonly foreign: number;
  readonly tries: number;
}

export interface ContestSettings {
  readonly rounds: number;
  readonly guard: GuardSettings;
  readonly tell: (line: string) => void;
}

/** One contender that fails is reported and left out; the others go on. */
export async function contest(
  workload: Workload,
  stage: Stage,
  settings: ContestSettings,
): Promise<readonly Measurement[]> {
  const { rounds, guard, tell } = settings;
  const measurements: Measurement[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? workload.contenders : workload.contenders.toReversed();
    for (const contender of order) {
      try {
        const { result, foreign, tries } = await guarded(guard, () => workload.measure(contender, stage));
        const measurement = {
          workload: workload.name,
          contender: contender.name,
          round,
          figures: result,
          foreign,
          tries,
        };
        measurements.push(measurement);
        tell(lineOf(measurement));
      } catch (error) {
        tell(`  ${contender.name}: FAILED: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return measurements;
}

function lineOf({ contender, round, figures, foreign }: Measurement): string {
  const shown = Object.entries(figures).map(
    ([name, value]) => `${name} ${value.toFixed(value < 100 ? 2 : 0)}`,
  );
  return `  ${contender}, round ${round + 1}: ${shown.join(", ")} (foreign CPU ${(foreign * 100).toFixed(0)} %)`;
}
