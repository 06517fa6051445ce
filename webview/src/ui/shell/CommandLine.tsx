/** A command to type in a terminal, with a button that copies it. */

import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { Check, Copy } from 'lucide-react';
import type { ReactNode } from 'react';

import classes from './CommandLine.module.css';

export function CommandLine({ command }: { readonly command: string }): ReactNode {
  return (
    <div className={classes.line}>
      <span aria-hidden className={classes.prompt}>
        $
      </span>
      <code>{command}</code>
      <CopyButton value={command} timeout={1_500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon onClick={copy} aria-label={`Copy: ${command}`}>
              {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
