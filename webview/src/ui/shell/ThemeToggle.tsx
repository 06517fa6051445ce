/** Dark, light, or as the system says: one button that goes round. The choice is kept by Mantine. */

import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core';
import type { MantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun } from 'lucide-react';
import type { ReactNode } from 'react';

const NEXT: Readonly<Record<MantineColorScheme, MantineColorScheme>> = { auto: 'dark', dark: 'light', light: 'auto' };
const TITLE: Readonly<Record<MantineColorScheme, string>> = { auto: 'as the system', dark: 'dark', light: 'light' };
const ICON: Readonly<Record<MantineColorScheme, typeof Sun>> = { auto: Monitor, dark: Moon, light: Sun };

export function ThemeToggle(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = ICON[colorScheme];
  const title = `Colours: ${TITLE[colorScheme]} (next: ${TITLE[NEXT[colorScheme]]})`;
  return (
    <Tooltip label={title}>
      <ActionIcon aria-label={title} onClick={() => setColorScheme(NEXT[colorScheme])}>
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
