/** A small picture of a task or a job that keeps its place while it loads and when there is none. */

import { ImageOff } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';

import classes from './Thumbnail.module.css';

interface ThumbnailProps {
  readonly address: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The whole picture with bars at its sides, instead of filling the frame. */
  readonly whole?: boolean;
}

/** Decorative: the name beside it says what it is. */
export function Thumbnail({ address, width, height, whole = false }: ThumbnailProps): ReactNode {
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <span className={classes.frame} data-whole={whole || undefined} style={{ width, height }}>
      {missing === address ? (
        <ImageOff size={16} aria-hidden />
      ) : (
        <img
          src={address}
          alt=""
          width={width}
          height={height}
          loading="lazy"
          decoding="async"
          onError={() => setMissing(address)}
        />
      )}
    </span>
  );
}
