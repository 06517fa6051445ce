import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { bounded, fit, pan, revealing, toImage, toScreen, zoomAt } from './camera';

const sizes = fc.record({ width: fc.integer({ min: 1, max: 20000 }), height: fc.integer({ min: 1, max: 20000 }) });
const viewports = fc.record({ width: fc.integer({ min: 100, max: 4000 }), height: fc.integer({ min: 100, max: 4000 }) });
const cameras = fc.record({
  scale: fc.double({ min: 0.01, max: 64, noNaN: true }),
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
});
const positions = fc.record({ x: fc.double({ min: 0, max: 4000, noNaN: true }), y: fc.double({ min: 0, max: 4000, noNaN: true }) });

describe('camera', () => {
  it('goes to the screen and back', () => {
    fc.assert(
      fc.property(cameras, positions, (camera, at) => {
        const back = toImage(camera, toScreen(camera, at));
        expect(back.x).toBeCloseTo(at.x, 6);
        expect(back.y).toBeCloseTo(at.y, 6);
      }),
    );
  });

  it('fits the whole image in the viewport, centred', () => {
    fc.assert(
      fc.property(sizes, viewports, (image, viewport) => {
        const camera = fit(image, viewport);
        const end = toScreen(camera, { x: image.width, y: image.height });
        expect(camera.x).toBeGreaterThanOrEqual(0);
        expect(camera.y).toBeGreaterThanOrEqual(0);
        expect(end.x).toBeLessThanOrEqual(viewport.width + 1e-6);
        expect(end.y).toBeLessThanOrEqual(viewport.height + 1e-6);
        expect(camera.x).toBeCloseTo(viewport.width - end.x, 6);
      }),
    );
  });

  it('zooms about the pointer', () => {
    fc.assert(
      fc.property(cameras, positions, fc.double({ min: 0.1, max: 10, noNaN: true }), sizes, viewports, (camera, at, factor, image, viewport) => {
        const before = toImage(camera, at);
        const after = toScreen(zoomAt(camera, at, factor, image, viewport), before);
        expect(after.x).toBeCloseTo(at.x, 4);
        expect(after.y).toBeCloseTo(at.y, 4);
      }),
    );
  });

  it('never loses the image', () => {
    fc.assert(
      fc.property(cameras, sizes, viewports, (camera, image, viewport) => {
        const kept = bounded(pan(camera, 1e5, -1e5), image, viewport);
        const end = toScreen(kept, { x: image.width, y: image.height });
        expect(kept.x).toBeLessThan(viewport.width);
        expect(end.y).toBeGreaterThan(0);
      }),
    );
  });

  it('reveals a box that is out of view, and stays when it is in view', () => {
    const viewport = { width: 800, height: 600 };
    const camera = { scale: 2, x: 0, y: 0 };
    expect(revealing(camera, { minX: 10, minY: 10, maxX: 50, maxY: 50 }, viewport)).toBe(camera);
    const moved = revealing(camera, { minX: 1000, minY: 1000, maxX: 1100, maxY: 1050 }, viewport);
    expect(toScreen(moved, { x: 1050, y: 1025 })).toEqual({ x: 400, y: 300 });
    expect(moved.scale).toBe(2);
  });
});
