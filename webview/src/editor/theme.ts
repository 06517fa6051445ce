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

/** The box around a skeleton. */
export function frameStyle([red, green, blue]: Rgb): Style {
  return { fill: [red, green, blue, 0], stroke: [red, green, blue, 0.8], width: 1, dash: 4, dot: 0 };
}
