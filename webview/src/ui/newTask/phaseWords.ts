/** How far the making of a task is, as words and as a part of a bar. */

import type { Phase } from './making';

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** "3.4 MB"; decimal, as file managers count. */
export function fileSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`;
}

export function phaseWords(phase: Phase): string {
  switch (phase.kind) {
    case 'starting':
      return 'Starting…';
    case 'uploading':
      return `Uploading: ${fileSize(phase.sent)} of ${fileSize(phase.total)}`;
    case 'making':
      return phase.progress === null || phase.progress <= 0
        ? 'Making the frames…'
        : `Making the frames: ${Math.min(99, Math.floor(phase.progress * 100))} %`;
  }
}

/** From 0 to 1; null where nobody can say. */
export function phasePart(phase: Phase): number | null {
  switch (phase.kind) {
    case 'starting':
      return null;
    case 'uploading':
      return phase.total > 0 ? phase.sent / phase.total : null;
    case 'making':
      return phase.progress;
  }
}
