/** What axe finds wrong with a piece of the page, in words; empty when all is well. Colours need a real browser. */

import axe from 'axe-core';

export async function accessibilityFaults(element: Element): Promise<readonly string[]> {
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(element, { rules });
  return violations.map(({ help, nodes }) => `${help}: ${nodes.map((node) => node.html).join(', ')}`);
}
