/** A button for a command of the key map; its tooltip names the command and its keys. */

import { ActionIcon, Kbd, Tooltip } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import type { CommandId } from '../../editor/api';
import { useEditorHandle } from './editorContext';
import classes from './CommandButton.module.css';

interface CommandButtonProps {
  readonly command: CommandId;
  readonly icon: LucideIcon;
  /** Name for people and for assistive technology. */
  readonly label: string;
  /** More for the tooltip: what would be undone, say. */
  readonly detail?: string | null;
  readonly disabled?: boolean;
  /** For buttons that stay down: tools, play. */
  readonly pressed?: boolean;
  readonly size?: number;
  readonly side?: 'bottom' | 'right';
}

export function CommandButton(props: CommandButtonProps): ReactNode {
  const { command, icon: Icon, label, detail = null, disabled = false, pressed, size = 28, side = 'bottom' } = props;
  const editor = useEditorHandle();
  const shortcuts = editor.keys.find((binding) => binding.command === command)?.keys ?? [];
  return (
    <Tooltip
      position={side}
      label={
        <span className={classes.tip}>
          {detail === null ? label : `${label}: ${detail}`}
          {shortcuts.slice(0, 2).map((shortcut) => (
            <Kbd key={shortcut} size="xs">
              {shortcut}
            </Kbd>
          ))}
        </span>
      }
    >
      <ActionIcon
        className={classes.button}
        size={size}
        aria-label={label}
        aria-keyshortcuts={shortcuts.map(ariaShortcut).join(' ')}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        data-pressed={pressed ? true : undefined}
        disabled={disabled}
        onClick={() => editor.commands.run(command)}
      >
        <Icon size={size > 30 ? 18 : 16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** "Ctrl+Z" as ARIA spells it. */
function ariaShortcut(shortcut: string): string {
  return shortcut.replace('Ctrl', 'Control').replace('Esc', 'Escape').replace('Del', 'Delete');
}
