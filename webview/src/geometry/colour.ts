/** Colours of labels. */

/** Red, green and blue, each 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Reads "#rgb" or "#rrggbb"; null for anything else. */
export function parseColour(text: string): Rgb | null {
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (long) return [parseInt(long[1] ?? '', 16), parseInt(long[2] ?? '', 16), parseInt(long[3] ?? '', 16)];
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  if (short) return [17 * parseInt(short[1] ?? '', 16), 17 * parseInt(short[2] ?? '', 16), 17 * parseInt(short[3] ?? '', 16)];
  return null;
}

/** The same bright colour for the same name every time, for labels that have none of their own. */
export function colourOfName(name: string): Rgb {
  let hash = 2166136261;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619);
  const hue = (hash >>> 0) % 360;
  const channel = (offset: number): number => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (0.6 - 0.36 * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

export function labelColour(label: { readonly name: string; readonly color: string }): Rgb {
  return parseColour(label.color) ?? colourOfName(label.name);
}

/** As CSS writes it. */
export function css([red, green, blue]: Rgb, alpha = 1): string {
  return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}
