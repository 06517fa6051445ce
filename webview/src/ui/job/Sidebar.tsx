/** The panel at the right: the objects of the frame, the labels, and the frame's context images. */

import { Tabs } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';

import type { Label } from '../../protocol/generated';
import { ContextImages } from './ContextImages';
import { useEditorState } from './editorContext';
import { LabelsPanel } from './LabelsPanel';
import { ObjectsPanel } from './ObjectsPanel';
import classes from './Sidebar.module.css';

interface SidebarProps {
  readonly labels: readonly Label[];
  readonly taskId: number;
}

export function Sidebar({ labels, taskId }: SidebarProps): ReactNode {
  const [tab, setTab] = useState<string | null>('objects');
  const count = useEditorState((state) => state.objects.length);
  return (
    <aside className={classes.side} aria-label="Objects and labels">
      <Tabs value={tab} onChange={setTab} className={classes.tabs} keepMounted={false}>
        <Tabs.List grow className={classes.heads}>
          <Tabs.Tab value="objects" rightSection={<span className={classes.count}>{count}</span>}>
            Objects
          </Tabs.Tab>
          <Tabs.Tab value="labels" rightSection={<span className={classes.count}>{labels.length}</span>}>
            Labels
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="objects" className={classes.panel}>
          <ObjectsPanel labels={labels} />
        </Tabs.Panel>
        <Tabs.Panel value="labels" className={classes.panel}>
          <LabelsPanel labels={labels} />
        </Tabs.Panel>
      </Tabs>
      <ContextImages taskId={taskId} />
    </aside>
  );
}
