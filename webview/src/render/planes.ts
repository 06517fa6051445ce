/** Pictures as video decoders make them: brightness, and colour at half the resolution. The graphics card makes colours of it. */

/** The planes of a picture, each row after row without gaps: Y of width x height, then U and V of half of that, rounded up. */
export interface Planes {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly isFullRange: boolean;
  /** How colours are made of it, as `VideoColorSpace` names it. */
  readonly matrix: string | null;
}

export interface Plane {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Y, U and V. */
export function planesOf({ data, width, height }: Planes): [Plane, Plane, Plane] {
  const [halfWidth, halfHeight] = [(width + 1) >> 1, (height + 1) >> 1];
  const [luma, chroma] = [width * height, halfWidth * halfHeight];
  const half = (start: number): Plane => ({ data: data.subarray(start, start + chroma), width: halfWidth, height: halfHeight });
  return [{ data: data.subarray(0, luma), width, height }, half(luma), half(luma + chroma)];
}

/** Share of red and blue in the brightness (ITU-R BT.601, BT.709, BT.2020). */
const SHARES: Readonly<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  'bt2020-ncl': [0.2627, 0.0593],
};
const BT601: readonly [number, number] = [0.299, 0.114];

/** What makes red, green and blue of (Y, U, V, 1), all from 0 to 1: four columns of three, as shaders want it. */
export function colourMatrix({ isFullRange, matrix }: Pick<Planes, 'isFullRange' | 'matrix'>): number[] {
  const [red, blue] = SHARES[matrix ?? ''] ?? BT601;
  const green = 1 - red - blue;
  const luma = isFullRange ? 1 : 255 / 219;
  const chroma = isFullRange ? 1 : 255 / 224;
  const black = isFullRange ? 0 : 16 / 255;
  const middle = 128 / 255;
  const u = [0, (-2 * (1 - blue) * blue) / green, 2 * (1 - blue)].map((part) => part * chroma);
  const v = [2 * (1 - red), (-2 * (1 - red) * red) / green, 0].map((part) => part * chroma);
  const shift = [0, 1, 2].map((row) => -luma * black - ((u[row] ?? 0) + (v[row] ?? 0)) * middle);
  return [luma, luma, luma, ...u, ...v, ...shift];
}
