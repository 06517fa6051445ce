/** A guide's Markdown. Other people wrote it: no HTML of theirs is taken, and nothing is loaded from elsewhere. */

import type { ComponentProps, ReactNode } from 'react';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';

import classes from './GuideText.module.css';

const PLUGINS = [remarkGfm];
const PARTS = { a: Outward, img: Picture };

export function GuideText({ text }: { readonly text: string }): ReactNode {
  return (
    <div className={classes.text}>
      <Markdown skipHtml remarkPlugins={PLUGINS} components={PARTS}>
        {text}
      </Markdown>
    </div>
  );
}

/** A link, which leaves the work as it is. */
function Outward({ href, children }: ComponentProps<'a'>): ReactNode {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** The guide's own files are shown; a picture of elsewhere is a link, since to load it would tell who reads here. */
function Picture({ src, alt = '' }: ComponentProps<'img'>): ReactNode {
  if (typeof src === 'string' && /^\/api\/assets\/[0-9a-f-]{36}$/.test(src)) return <img src={src} alt={alt} loading="lazy" />;
  return <Outward href={typeof src === 'string' ? src : undefined}>{alt === '' ? 'Picture' : alt}</Outward>;
}
