/** What the frames of a task are, in a word and a sign. */

import { Boxes, Film, Images } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';

import type { TaskRead } from '../../protocol/generated';

export interface MediaKind {
  readonly word: string;
  readonly Icon: LucideIcon;
}

export function mediaKind({ dimension, mode }: Pick<TaskRead, 'dimension' | 'mode'>): MediaKind {
  if (dimension === '3d') return { word: 'Point clouds', Icon: Boxes };
  return mode === 'interpolation' ? { word: 'Video', Icon: Film } : { word: 'Images', Icon: Images };
}
