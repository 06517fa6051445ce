/** Colours of labels: what a task says when it is a colour, else one made from the name. */

const HEX = /^#[0-9a-f]{6}$/i;

/** "#rrggbb" or "hsl(…)": always something that CSS draws. */
export function labelColor(label: { readonly name: string; readonly color: string }): string {
  if (HEX.test(label.color)) return label.color;
  let hash = 0;
  for (const letter of label.name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return `hsl(${hash % 360} 70% 55%)`;
}
