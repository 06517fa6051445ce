import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** What only a page has. */
const pageGlobals = ['document', 'window', 'navigator', 'location', 'history'].map((name) => ({
  name,
  message: 'geometry, store and tools know no DOM: take what you need as an argument.',
}));

/** @param {string[]} folders @param {string} reason */
const forbid = (folders, reason) => ({
  patterns: [
    {
      regex: `^(\\.\\./)+(${folders.join('|')})(/|$)`,
      message: reason,
    },
  ],
});

export default defineConfig(
  { ignores: ['node_modules', 'dist'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      globals: { ...globals.browser },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Warns that the React compiler skips components with a virtualizer; this build has no React compiler.
      'react-hooks/incompatible-library': 'off',
      // `onClick={() => setOpen(true)}` is how React handlers are written.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  {
    // The framework-free core: no React, no page, nothing that draws.
    files: ['src/{geometry,store,tools,video}/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...pageGlobals],
      'no-restricted-imports': [
        'error',
        {
          paths: ['react', 'react-dom', 'react-router', '@mantine/core', '@tanstack/react-query'],
          ...forbid(['ui', 'render', 'editor'], 'geometry, store, tools and video import neither the pages nor the canvas.'),
        },
      ],
    },
  },
  {
    // The canvas draws a scene and knows nothing of what it means.
    files: ['src/render/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['react', 'react-dom', 'react-router', '@mantine/core', '@tanstack/react-query'],
          ...forbid(
            ['ui', 'store', 'tools', 'editor', 'protocol'],
            'render draws a scene; annotations are not its business.',
          ),
        },
      ],
    },
  },
  // One struct after the other, written by scripts/wire_types.py.
  { files: ['src/protocol/generated.ts'], rules: { 'max-lines': 'off' } },
  { files: ['eslint.config.js', 'dev/**/*.mjs', 'public/**'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['dev/**', '*.config.{js,ts}'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },
);
