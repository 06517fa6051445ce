/** What annotators of this job are told, in a panel beside the picture: work goes on while it is open. */

import { ActionIcon, Drawer, Loader, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { BookOpen } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { ReactNode } from 'react';

import { messageOf } from '../../protocol/errors';
import { useGuide } from '../daemon/queries';

/** Its reader of Markdown is loaded by those who read. */
const GuideText = lazy(async () => ({ default: (await import('./GuideText')).GuideText }));

export function GuideButton({ guideId }: { readonly guideId: number }): ReactNode {
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <>
      <Tooltip label="What to do: the guide">
        <ActionIcon aria-label="Guide" aria-expanded={opened} onClick={toggle}>
          <BookOpen size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Drawer
        opened={opened}
        onClose={close}
        title="Guide"
        position="right"
        size={480}
        withOverlay={false}
        trapFocus={false}
        lockScroll={false}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close the guide' }}
      >
        {opened && <Guide id={guideId} />}
      </Drawer>
    </>
  );
}

function Guide({ id }: { readonly id: number }): ReactNode {
  const guide = useGuide(id);
  const waiting = <Loader size="sm" aria-label="Loading the guide" />;
  if (guide.data) {
    return (
      <Suspense fallback={waiting}>
        <GuideText text={guide.data.markdown} />
      </Suspense>
    );
  }
  return guide.isError ? <Text c="red">{messageOf(guide.error)}</Text> : waiting;
}
