/** Figures at the bottom: pointer, zoom, picture, objects, and what is drawn next. */

import { Menu, UnstyledButton } from '@mantine/core';
import { Info } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';

import type { CommandId } from '../../editor/api';
import { posedBounds } from '../../geometry/posed';
import type { Label } from '../../protocol/generated';
import { counted } from '../format/words';
import { useEditorHandle, useEditorState } from './editorContext';
import classes from './StatusBar.module.css';

export function StatusBar({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  return (
    <footer className={classes.bar} aria-label="Status">
      <Pointer />
      <Zoom />
      <PictureSize />
      <PlaybackNote />
      <span className={classes.rest} />
      <Drawing labels={labels} />
      <SelectedSize />
      <Counts />
    </footer>
  );
}

function Pointer(): ReactNode {
  const x = useEditorState((state) => (state.cursor ? Math.floor(state.cursor.x) : null));
  const y = useEditorState((state) => (state.cursor ? Math.floor(state.cursor.y) : null));
  return (
    <span className={classes.pointer} title="Pointer on the picture, in pixels">
      {x === null || y === null ? '–' : `${x}, ${y}`}
    </span>
  );
}

const ZOOMS: readonly { readonly command: CommandId; readonly title: string }[] = [
  { command: 'view.fit', title: 'Fit the picture' },
  { command: 'view.actual', title: '100 %' },
  { command: 'view.in', title: 'Zoom in' },
  { command: 'view.out', title: 'Zoom out' },
];

function Zoom(): ReactNode {
  const { commands, keys } = useEditorHandle();
  const percent = useEditorState((state) => Math.round(state.zoom * 100));
  return (
    <Menu position="top-start" width={200}>
      <Menu.Target>
        <UnstyledButton className={classes.zoom} aria-label={`Zoom ${percent} %`}>
          {percent} %
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {ZOOMS.map(({ command, title }) => (
          <Menu.Item
            key={command}
            onClick={() => commands.run(command)}
            rightSection={
              <span className={classes.key}>{keys.find((binding) => binding.command === command)?.keys[0]}</span>
            }
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PictureSize(): ReactNode {
  const { width, height } = useEditorState((state) => state.frameSize);
  return <span title="Size of the picture, in pixels">{`${width} × ${height}`}</span>;
}

/** Said only where a video is not simply played. */
function PlaybackNote(): ReactNode {
  const playback = useEditorState((state) => state.playback);
  if (playback.why === null) return null;
  const said = playback.kind === 'pictures' ? 'Single pictures' : 'Encoded by cvatd';
  const meaning = playback.kind === 'pictures' ? 'Each frame comes as a picture of its own.' : 'cvatd encodes it for this page.';
  return (
    <span className={classes.note} role="status" title={`${playback.why} ${meaning}`}>
      <Info size={12} aria-hidden /> {said}
    </span>
  );
}

function Drawing({ labels }: { readonly labels: readonly Label[] }): ReactNode {
  const tool = useEditorState((state) => state.tool);
  const active = useEditorState((state) => state.activeLabelId);
  const name = labels.find((label) => label.id === active)?.name;
  if (tool !== 'rectangle' || name === undefined) return null;
  return <span className={classes.drawing}>Drawing “{name}”, Esc ends</span>;
}

/** Width and height of the only selected shape. */
function SelectedSize(): ReactNode {
  const objects = useEditorState((state) => state.objects);
  const id = useEditorState((state) => (state.selectedIds.length === 1 ? state.selectedIds[0] : undefined));
  const size = useMemo(() => {
    const shape = objects.find((object) => object.id === id)?.shape;
    const box = shape ? posedBounds(shape) : null;
    return box && `${tidy(box.maxX - box.minX)} × ${tidy(box.maxY - box.minY)}`;
  }, [objects, id]);
  return size && <span title="Size of the selected shape, in pixels">{size}</span>;
}

/** A length in pixels with at most one digit after the point. */
function tidy(length: number): number {
  return Math.round(length * 10) / 10;
}

function Counts(): ReactNode {
  const objects = useEditorState((state) => state.objects);
  const selected = useEditorState((state) => state.selectedIds.length);
  const hidden = useMemo(() => objects.reduce((count, object) => count + Number(object.hidden), 0), [objects]);
  return (
    <span>
      {counted(objects.length, 'object')}
      {hidden > 0 && `, ${hidden} hidden`}
      {selected > 0 && `, ${selected} selected`}
    </span>
  );
}
