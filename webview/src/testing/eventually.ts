import { vi } from 'vitest';

/** Waits until the check holds; patient, because machines that run tests are busy. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 20 });
}
