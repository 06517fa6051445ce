/** Pictures that belong to the frame and help to understand it: other cameras, other times. Looked at, not drawn on. */

import { ActionIcon, Button, Modal, Text, Tooltip } from '@mantine/core';
import { ChevronLeft, ChevronRight, ImageOff } from 'lucide-react';
import { useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';

import { useContextNames } from '../daemon/queries';
import { useEditorState } from './editorContext';
import { keepFocus } from './keepFocus';
import { useCalm } from './useCalm';
import classes from './ContextImages.module.css';

/** What is seen at once; more on request, so that the list of objects keeps its room. */
const FIRST = 3;
const MOST = 12;
/** In milliseconds: while frames fly by, pictures that nobody can look at are not fetched. */
const RENEWED_EVERY = 150;

export function ContextImages({ taskId }: { readonly taskId: number }): ReactNode {
  const current = useEditorState((state) => (state.contextCount > 0 ? state.frame : 0));
  const count = useEditorState((state) => state.contextCount);
  const frame = useCalm(current, RENEWED_EVERY);
  const names = useContextNames(taskId, frame, count > 0).data;
  const [all, setAll] = useState(false);
  const [opened, setOpened] = useState<number | null>(null);
  if (count === 0) return null;
  const shown = Math.min(count, MOST);
  const images = Array.from({ length: shown }, (_, index): ContextImage => {
    const path = names?.[index] ?? `Context image ${index + 1}`;
    return { address: `/api/cvatd/tasks/${taskId}/context/${frame}/${index}`, path, name: path.split('/').at(-1) ?? path };
  });
  return (
    <section className={classes.panel} aria-label="Context images">
      <div className={classes.head} onMouseDown={keepFocus}>
        <Text size="xs" c="dimmed">
          Context images, {count}
        </Text>
        {shown > FIRST && (
          <Button size="compact-xs" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? `First ${FIRST}` : `All ${shown}`}
          </Button>
        )}
      </div>
      <ul className={classes.list} onMouseDown={keepFocus}>
        {images.slice(0, all ? shown : FIRST).map((image, index) => (
          <li key={index}>
            <button type="button" className={classes.image} title={image.path} onClick={() => setOpened(index)}>
              <ContextPicture image={image} alt="" className={classes.small} />
              <span className={classes.name}>{image.name}</span>
            </button>
          </li>
        ))}
      </ul>
      <FullScreen images={images} index={opened} onIndex={setOpened} />
    </section>
  );
}

interface ContextImage {
  readonly address: string;
  /** As the source has it, and its last part. */
  readonly path: string;
  readonly name: string;
}

interface ContextPictureProps {
  readonly image: ContextImage;
  /** Empty where the name is beside it. */
  readonly alt: string;
  readonly className: string | undefined;
}

function ContextPicture({ image, alt, className }: ContextPictureProps): ReactNode {
  const [broken, setBroken] = useState<string | null>(null);
  if (broken === image.address) {
    return (
      <span className={className} data-broken>
        <ImageOff size={18} aria-hidden /> cannot be shown
      </span>
    );
  }
  return <img className={className} src={image.address} alt={alt} decoding="async" onError={() => setBroken(image.address)} />;
}

interface FullScreenProps {
  readonly images: readonly ContextImage[];
  readonly index: number | null;
  readonly onIndex: (index: number | null) => void;
}

function FullScreen({ images, index, onIndex }: FullScreenProps): ReactNode {
  const image = index === null ? undefined : images[index];
  const go = (by: number): void => onIndex(((index ?? 0) + by + images.length) % images.length);
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    go(by);
  };
  return (
    <Modal
      opened={image !== undefined}
      onClose={() => onIndex(null)}
      fullScreen
      title={image && `${image.path} (${(index ?? 0) + 1} of ${images.length})`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      onKeyDown={onKeyDown}
      classNames={{ body: classes.body ?? '', content: classes.content ?? '' }}
      transitionProps={{ duration: 0 }}
    >
      {image && (
        <>
          <ContextPicture image={image} alt={image.name} className={classes.large} />
          {images.length > 1 && (
            <>
              <Turn side="left" label="Previous context image" onClick={() => go(-1)} />
              <Turn side="right" label="Next context image" onClick={() => go(1)} />
            </>
          )}
        </>
      )}
    </Modal>
  );
}

function Turn(props: { readonly side: 'left' | 'right'; readonly label: string; readonly onClick: () => void }): ReactNode {
  const Icon = props.side === 'left' ? ChevronLeft : ChevronRight;
  return (
    <div className={classes.turn} data-side={props.side}>
      <Tooltip label={props.label}>
        <ActionIcon variant="default" size={40} aria-label={props.label} onClick={props.onClick}>
          <Icon size={22} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
