/** Where the image lies on the screen. Screen coordinates are CSS pixels from the top left corner of the canvas. */

import type { Box } from './box';
import { centreOf } from './box';
import { clamp } from './point';
import type { Point, Size } from './point';

/** screen = image * scale + (x, y). */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Free space that `fit` leaves around the image, in screen pixels. */
const MARGIN = 16;
/** An image pixel is never larger than this many screen pixels. */
const LARGEST_SCALE = 64;
/** Part of the image, in screen pixels, that always stays on the screen, so that nobody gets lost. */
const ALWAYS_SEEN = 48;

export function toScreen(camera: Camera, at: Point): Point {
  return { x: at.x * camera.scale + camera.x, y: at.y * camera.scale + camera.y };
}

export function toImage(camera: Camera, at: Point): Point {
  return { x: (at.x - camera.x) / camera.scale, y: (at.y - camera.y) / camera.scale };
}

/** The scale at which the whole image is seen. */
export function fitScale(image: Size, viewport: Size): number {
  const width = Math.max(1, viewport.width - 2 * MARGIN);
  const height = Math.max(1, viewport.height - 2 * MARGIN);
  return Math.min(width / Math.max(1, image.width), height / Math.max(1, image.height), LARGEST_SCALE);
}

/** The whole image, centred. */
export function fit(image: Size, viewport: Size): Camera {
  const scale = fitScale(image, viewport);
  return { scale, x: (viewport.width - image.width * scale) / 2, y: (viewport.height - image.height * scale) / 2 };
}

/** The camera moved so that some of the image stays on the screen. */
export function bounded(camera: Camera, image: Size, viewport: Size): Camera {
  const seen = (extent: number, room: number): number => Math.min(ALWAYS_SEEN, extent, room);
  const width = image.width * camera.scale;
  const height = image.height * camera.scale;
  const seenX = seen(width, viewport.width);
  const seenY = seen(height, viewport.height);
  return {
    scale: camera.scale,
    x: clamp(camera.x, seenX - width, viewport.width - seenX),
    y: clamp(camera.y, seenY - height, viewport.height - seenY),
  };
}

/** Moves the image with the pointer, by screen pixels. */
export function pan(camera: Camera, dx: number, dy: number): Camera {
  return { scale: camera.scale, x: camera.x + dx, y: camera.y + dy };
}

/** Changes the scale by a factor, keeping the image position under the screen position `at` where it is. */
export function zoomAt(camera: Camera, at: Point, factor: number, image: Size, viewport: Size): Camera {
  const smallest = Math.min(fitScale(image, viewport) / 4, 1);
  const scale = clamp(camera.scale * factor, smallest, LARGEST_SCALE);
  const ratio = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

/** The camera with a box in view: unchanged when it is, else centred on it, zoomed out when it would not fit. */
export function revealing(camera: Camera, box: Box, viewport: Size): Camera {
  const topLeft = toScreen(camera, { x: box.minX, y: box.minY });
  const bottomRight = toScreen(camera, { x: box.maxX, y: box.maxY });
  const inView = topLeft.x >= 0 && topLeft.y >= 0 && bottomRight.x <= viewport.width && bottomRight.y <= viewport.height;
  if (inView) return camera;
  const size = { width: box.maxX - box.minX, height: box.maxY - box.minY };
  const scale = Math.min(camera.scale, fitScale(size, viewport));
  const centre = centreOf(box);
  return { scale, x: viewport.width / 2 - centre.x * scale, y: viewport.height / 2 - centre.y * scale };
}
