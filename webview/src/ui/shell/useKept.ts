import { useState } from 'react';

/** A yes or no that this browser remembers. */
export function useKept(key: string, initial: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => {
    try {
      const kept = localStorage.getItem(key);
      return kept === null ? initial : kept === 'true';
    } catch {
      return initial;
    }
  });
  const keep = (next: boolean): void => {
    setValue(next);
    try {
      localStorage.setItem(key, String(next));
    } catch {
      // It holds until the page is closed.
    }
  };
  return [value, keep];
}
