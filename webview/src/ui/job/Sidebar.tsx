/** The panel at the right: the objects of the frame, the labels, the issues, and the frame's context images. */

import { Tabs } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';

import type { Label } from '../../protocol/generated';
import { useIssues } from '../daemon/queries';
import { ContextImages } from './ContextImages';
import { useEditorState } from './editorContext';
import { IssuesPanel } from './IssuesPanel';
import { LabelsPanel } from './LabelsPanel';
import { ObjectsPanel } from './ObjectsPanel';
import classes from './Sidebar.module.css';

interface SidebarProps {
  readonly labels: readonly Label[];
  readonly taskId: number;
  readonly jobId: number;
}

export function Sidebar({ labels, taskId, jobId }: SidebarProps): ReactNode {
  const [tab, setTab] = useState<string | null>('objects');
  const asked = useEditorState((state) => state.issueAsked);
  const open = useIssues(jobId).data?.filter((issue) => !issue.resolved).length ?? 0;
  const [seen, setSeen] = useState(0);
  if (asked !== null && asked.key !== seen) {
    setSeen(asked.key);
    setTab('issues');
  }
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
          <Tabs.Tab value="issues" rightSection={<span className={classes.count}>{open}</span>}>
            Issues
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="objects" className={classes.panel}>
          <ObjectsPanel labels={labels} />
        </Tabs.Panel>
        <Tabs.Panel value="labels" className={classes.panel}>
          <LabelsPanel labels={labels} />
        </Tabs.Panel>
        <Tabs.Panel value="issues" className={classes.panel}>
          <IssuesPanel jobId={jobId} />
        </Tabs.Panel>
      </Tabs>
      <ContextImages taskId={taskId} />
    </aside>
  );
}
