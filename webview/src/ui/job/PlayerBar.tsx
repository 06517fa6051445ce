/** Moving through the frames: buttons, a slider over the whole job, the frame's number and file. */

import { Text } from '@mantine/core';
import {
  ChevronFirst,
  ChevronLast,
  ChevronLeft,
  ChevronRight,
  ChevronsLeft,
  ChevronsRight,
  Pause,
  Play,
} from 'lucide-react';
import { useState } from 'react';
import type { CSSProperties, ReactNode } from 'react';

import { CommandButton } from './CommandButton';
import { useEditorHandle, useEditorState } from './editorContext';
import { FrameActions } from './FrameActions';
import { keepFocus } from './keepFocus';
import { useShownFrame } from './useShownFrame';
import classes from './PlayerBar.module.css';

interface PlayerBarProps {
  /** Somebody asks for deleted frames to be seen in passing, or not to be. */
  readonly onShowDeleted: (shown: boolean) => void;
}

export function PlayerBar({ onShowDeleted }: PlayerBarProps): ReactNode {
  const frame = useShownFrame();
  const first = useEditorState((state) => state.startFrame);
  const last = useEditorState((state) => state.stopFrame);
  const playing = useEditorState((state) => state.playing);
  const atStart = frame <= first;
  const atEnd = frame >= last;
  return (
    <section className={classes.bar} aria-label="Player" onMouseDown={keepFocus}>
      <div className={classes.buttons}>
        <CommandButton command="frame.first" icon={ChevronFirst} label="First frame" disabled={atStart} />
        <CommandButton command="frame.back" icon={ChevronsLeft} label="10 frames back" disabled={atStart} />
        <CommandButton command="frame.previous" icon={ChevronLeft} label="Previous frame" disabled={atStart} />
        <CommandButton
          command="play.toggle"
          icon={playing ? Pause : Play}
          label={playing ? 'Pause' : 'Play'}
          disabled={first === last}
        />
        <CommandButton command="frame.next" icon={ChevronRight} label="Next frame" disabled={atEnd} />
        <CommandButton command="frame.forward" icon={ChevronsRight} label="10 frames forward" disabled={atEnd} />
        <CommandButton command="frame.last" icon={ChevronLast} label="Last frame" disabled={atEnd} />
      </div>
      <FrameSlider frame={frame} first={first} last={last} />
      <FrameNumber key={frame} frame={frame} last={last} />
      <FrameName />
      <FrameActions onShowDeleted={onShowDeleted} />
    </section>
  );
}

interface FrameRangeProps {
  readonly frame: number;
  readonly first: number;
  readonly last: number;
}

function FrameSlider({ frame, first, last }: FrameRangeProps): ReactNode {
  const { commands } = useEditorHandle();
  const filled = last > first ? (100 * (frame - first)) / (last - first) : 0;
  return (
    <input
      type="range"
      className={classes.slider}
      style={{ '--filled': `${filled}%` } as CSSProperties}
      aria-label="Frame"
      min={first}
      max={last}
      step={1}
      value={frame}
      disabled={first === last}
      onChange={(event) => commands.setFrame(Number(event.currentTarget.value))}
      onPointerUp={(event) => event.currentTarget.blur()}
    />
  );
}

/** The number can be typed; keyed by the frame, so that moving on forgets what was typed. */
function FrameNumber({ frame, last }: { readonly frame: number; readonly last: number }): ReactNode {
  const { commands } = useEditorHandle();
  const [typed, setTyped] = useState(String(frame));
  const go = (): void => {
    const number = Number(typed.trim());
    if (typed.trim() !== '' && Number.isSafeInteger(number)) commands.setFrame(number);
    setTyped(String(frame));
  };
  return (
    <label className={classes.number}>
      <input
        aria-label="Frame number"
        inputMode="numeric"
        style={{ width: `${Math.max(3, String(last).length) + 2}ch` }}
        value={typed}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') {
            go();
            event.currentTarget.blur();
          } else if (event.key === 'Escape') {
            setTyped(String(frame));
            event.currentTarget.blur();
          }
        }}
        onBlur={() => setTyped(String(frame))}
      />
      <span>of {last}</span>
    </label>
  );
}

function FrameName(): ReactNode {
  const name = useEditorState((state) => state.frameName);
  return (
    <Text className={classes.name} c="dimmed" title={name}>
      <bdi>{name}</bdi>
    </Text>
  );
}
