/** Colours of the canvas in the two themes, and how shapes look in their states. */

import { css } from '../geometry/colour';
import type { Rgb } from '../geometry/colour';
import type { OverlayColours } from '../render/overlay';
import type { Rgba, Style } from '../render/scene';
import type { ThemeName } from './api';

export interface Theme extends OverlayColours {
  readonly background: Rgba;
}

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  dark: {
    background: [20, 21, 24, 1],
    handleInside: '#ffffff',
    guide: css([255, 255, 255], 0.85),
    guideEdge: css([0, 0, 0], 0.35),
    captionGround: css([22, 24, 28], 0.88),
    captionText: '#f1f3f5',
  },
  light: {
    background: [222, 226, 230, 1],
    handleInside: '#ffffff',
    guide: css([255, 255, 255], 0.9),
    guideEdge: css([0, 0, 0], 0.45),
    captionGround: css([255, 255, 255], 0.92),
    captionText: '#212529',
  },
};

export interface ShapeLook {
  readonly selected: boolean;
  readonly hovered: boolean;
  readonly locked: boolean;
  readonly occluded: boolean;
}

/** A calm outline for most, more colour for the shape that matters now; occluded shapes are dashed, locked ones pale. */
export function shapeStyle([red, green, blue]: Rgb, look: ShapeLook): Style {
  const fill = look.selected ? 0.28 : look.hovered ? 0.22 : look.locked ? 0 : 0.1;
  return {
    fill: [red, green, blue, fill],
    stroke: [red, green, blue, look.locked && !look.selected ? 0.6 : 1],
    width: look.selected ? 2.5 : look.hovered ? 2 : 1.5,
    dash: look.occluded ? 5 : 0,
    dot: look.selected ? 8 : look.hovered ? 7.5 : 6.5,
  };
}

/** A colour that labels seldom have: what somebody else made of an object. */
export const THEIRS: Rgb = [240, 70, 220];
const BEFORE: Rgb = [235, 238, 242];

/** The other version of an object in conflict: dashed, in a colour of its own; stronger for the one that is being settled. */
export function theirsStyle(current: boolean): Style {
  return { fill: [...THEIRS, current ? 0.12 : 0.04], stroke: [...THEIRS, current ? 1 : 0.7], width: current ? 2.5 : 1.5, dash: 8, dot: 7 };
}

/** The version before both: faint. */
export function baseStyle(current: boolean): Style {
  return { fill: [...BEFORE, 0], stroke: [...BEFORE, current ? 0.55 : 0.3], width: 1.25, dash: 3, dot: 5 };
}

const ISSUE: Rgb = [232, 60, 60];
const SETTLED: Rgb = [150, 155, 160];

/** Where an issue points to; one that is settled is grey. */
export function issueStyle({ current, resolved }: { readonly current: boolean; readonly resolved: boolean }): Style {
  const colour = resolved ? SETTLED : ISSUE;
  return { fill: [...colour, current ? 0.2 : 0.1], stroke: [...colour, current ? 1 : 0.85], width: current ? 3 : 2, dash: 0, dot: current ? 14 : 11 };
}

/** The box around a skeleton. */
export function frameStyle([red, green, blue]: Rgb): Style {
  return { fill: [red, green, blue, 0], stroke: [red, green, blue, 0.8], width: 1, dash: 4, dot: 0 };
}
