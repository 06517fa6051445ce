/** The look: one neutral scale in each scheme, one accent, compact controls on a 4-pixel grid. */

import { createTheme, rem } from '@mantine/core';
import type { CSSVariablesResolver, MantineColorsTuple } from '@mantine/core';

const slate: MantineColorsTuple = [
  '#e4e7ec',
  '#c3c8d1',
  '#99a0ad',
  '#6b7280',
  '#363c46',
  '#2a2f38',
  '#21252c',
  '#191c22',
  '#131519',
  '#0d0f12',
];

const iris: MantineColorsTuple = [
  '#eef2ff',
  '#dde4ff',
  '#b9c6fe',
  '#93a5fc',
  '#7389f8',
  '#5b72f2',
  '#4c61e6',
  '#3d4fcb',
  '#3443a4',
  '#2f3c83',
];

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: 6,
  colors: { dark: slate, iris },
  fontFamily:
    'Inter, "SF Pro Text", "Segoe UI Variable Text", "Segoe UI", system-ui, Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: rem(11), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.3' },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(20), xl: rem(32) },
  radius: { xs: rem(3), sm: rem(5), md: rem(7), lg: rem(10), xl: rem(14) },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: rem(20), lineHeight: '1.3' }, h2: { fontSize: rem(15), lineHeight: '1.35' } },
  },
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    Text: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 'xs', offset: 6 } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Modal: { defaultProps: { centered: true, radius: 'lg', transitionProps: { duration: 120 } } },
  },
});

/** Mantine's own surfaces take their colours from `tokens.css`. */
const SURFACES: Readonly<Record<string, string>> = {
  '--mantine-color-body': 'var(--surface-0)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-dim)',
  '--mantine-color-error': 'var(--bad)',
  '--mantine-color-placeholder': 'var(--ink-dim)',
  '--mantine-color-default': 'var(--surface-2)',
  '--mantine-color-default-hover': 'var(--surface-3)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
};

export const surfaces: CSSVariablesResolver = () => ({ variables: {}, light: { ...SURFACES }, dark: { ...SURFACES } });
