import type { ReactNode } from 'react';

/** The mark: a box being drawn around a point. */
export function Logo({ size }: { readonly size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <rect width="32" height="32" rx="7" fill="#4c61e6" />
      <path
        d="M8 13V9.500A1.5 1.5 0 0 1 9.5 8H13M19 8h3.500A1.5 1.5 0 0 1 24 9.500V13M24 19v3.500a1.5 1.5 0 0 1-1.5 1.500H19M13 24H9.500A1.5 1.5 0 0 1 8 22.500V19"
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="16" cy="16" r="2.6" fill="#fff" />
    </svg>
  );
}
