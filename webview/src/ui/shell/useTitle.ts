import { useEffect } from 'react';

/** Names the browser's tab. */
export function useTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter(Boolean), 'cvatd'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
