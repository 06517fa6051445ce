/** The keyboard, as the editor's own key map says it. */

import { Kbd, Modal } from '@mantine/core';
import type { ReactNode } from 'react';

import type { KeyBinding } from '../../editor/api';
import { grouped } from '../format/grouped';
import { useEditorHandle } from './editorContext';
import classes from './HelpDialog.module.css';

interface HelpDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ opened, onClose }: HelpDialogProps): ReactNode {
  const groups = [...grouped(useEditorHandle().keys, (binding) => binding.group)];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Keyboard shortcuts"
      size={880}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={classes.columns}>
        {groups.map(([group, bindings]) => (
          <Group key={group} title={group} bindings={bindings} />
        ))}
        <section className={classes.group}>
          <h2>Mouse</h2>
          <dl>
            <div>
              <dt>Draw: opposite corners</dt>
              <dd>
                <Kbd size="xs">2 clicks</Kbd>
                <Kbd size="xs">Drag</Kbd>
              </dd>
            </div>
            <div>
              <dt>Fit the picture, beside all objects</dt>
              <dd>
                <Kbd size="xs">Double click</Kbd>
              </dd>
            </div>
            <div>
              <dt>Zoom at the pointer</dt>
              <dd>
                <Kbd size="xs">Wheel</Kbd>
              </dd>
            </div>
            <div>
              <dt>Move the picture</dt>
              <dd>
                <Kbd size="xs">Middle button</Kbd>
              </dd>
            </div>
            <div>
              <dt>Add to the selection</dt>
              <dd>
                <Kbd size="xs">Ctrl+Click</Kbd>
              </dd>
            </div>
          </dl>
        </section>
      </div>
    </Modal>
  );
}

interface Line {
  readonly title: string;
  readonly keys: readonly string[];
}

/** Commands that differ only in a digit or a direction are one line. */
const FAMILIES: readonly { readonly member: RegExp; readonly line: Line }[] = [
  { member: /^label\./, line: { title: 'Label of the selection, or of what is drawn next', keys: ['1 … 9, 0'] } },
  { member: /^nudge\.\w+$/, line: { title: 'Move the selection by 1 pixel', keys: ['Arrows'] } },
  { member: /^nudge\.\w+\.far$/, line: { title: 'Move the selection by 10 pixels', keys: ['Shift+Arrows'] } },
];

export function withFamilies(bindings: readonly KeyBinding[]): readonly Line[] {
  const lines = bindings.map((binding) => FAMILIES.find(({ member }) => member.test(binding.command))?.line ?? binding);
  return [...new Set(lines)];
}

function Group({ title, bindings }: { readonly title: string; readonly bindings: readonly KeyBinding[] }): ReactNode {
  return (
    <section className={classes.group}>
      <h2>{title}</h2>
      <dl>
        {withFamilies(bindings).map((binding) => (
          <div key={binding.title}>
            <dt>{binding.title}</dt>
            <dd>
              {binding.keys.map((key) => (
                <Kbd key={key} size="xs">
                  {key}
                </Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
