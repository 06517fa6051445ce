import { useEffect, useRef, useState } from 'react';

/** The value, renewed no more often than every `interval` ms: what changes with every frame of a film need not be shown with each. */
export function useCalm<T>(value: T, interval: number): T {
  const [shown, setShown] = useState(value);
  const renewed = useRef(-Infinity);
  useEffect(() => {
    const wait = renewed.current + interval - performance.now();
    const timer = setTimeout(
      () => {
        renewed.current = performance.now();
        setShown(value);
      },
      Math.max(0, wait),
    );
    return () => clearTimeout(timer);
  }, [value, interval]);
  return shown;
}
