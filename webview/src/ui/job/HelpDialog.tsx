/** The keyboard, as the editor's own key map says it. */

import { Kbd, Modal } from "@mantine/core";
import type { ReactNode } from "react";

import type { KeyBinding } from "../../editor/api";
import { grouped } from "../format/grouped";
import { useEditorHandle } from "./editorContext";
import classes from "./HelpDialog.module.css";

interface HelpDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function HelpDialog({ opened, onClose }: HelpDialogProps): ReactNode {
  const groups = [...grouped(useEditorHandle().keys, (binding) => binding.group)];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size={880} closeButtonProps={{ "aria-label": "Close" }}>
      <div className={classes.columns}>
        {groups.map(([group, bindings]) => (
          <Group key={group} title={group} bindings={bindings} />
        ))}
        <section className={classes.group}>
          <h2>Mouse</h2>
          <dl>
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

function Group({ title, bindings }: { readonly title: string; readonly bindings: readonly KeyBinding[] }): ReactNode {
  return (
    <section className={classes.group}>
      <h2>{title}</h2>
      <dl>
        {bindings.map((binding) => (
          <div key={binding.command}>
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
