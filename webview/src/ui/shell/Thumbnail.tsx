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
}

/** Decorative: the name beside it says what it is. */
export function Thumbnail({ address, width, height }: ThumbnailProps): ReactNode {
  const [missing, setMissing] = useState<string | null>(null);
  return (
    <span className={classes.frame} style={{ width, height }}>
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
