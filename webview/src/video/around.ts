/** Which frames around the one in view are decoded, kept and fetched. All numbers of frames here are those of the task. */

import type { Amounts } from './amounts';

/** First and last frame that there is. */
export interface Ends {
  readonly first: number;
  readonly last: number;
}

/** Which frames are decoded, the most urgent first, and which are kept besides. Going back, many are decoded when few are left. */
export function around(
  frame: number,
  direction: 1 | -1,
  { amounts, ends, isDecoded }: { readonly amounts: Amounts; readonly ends: Ends; readonly isDecoded: (frame: number) => boolean },
): { readonly wanted: number[]; readonly kept: number[] } {
  const run = (from: number, to: number): number[] =>
    span(from, to)
      .map((offset) => frame + offset * direction)
      .filter((one) => one >= ends.first && one <= ends.last);
  const { behind, ahead, block, low } = amounts;
  if (direction === 1) return { wanted: run(0, ahead), kept: run(-behind, ahead) };
  const held = run(0, block);
  const gap = held.findIndex((one) => !isDecoded(one));
  const isLow = gap >= 0 && gap < low;
  return { wanted: isLow ? held : [frame], kept: run(-behind, block) };
}

/** The frame itself first, then those ahead, then those behind, each the nearer before the farther. */
function span(from: number, to: number): number[] {
  const ahead = Array.from({ length: to + 1 }, (_, index) => index);
  const behind = Array.from({ length: Math.max(0, -from) }, (_, index) => -1 - index);
  return [...ahead, ...behind];
}
