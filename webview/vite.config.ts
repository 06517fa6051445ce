import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** Where `npm run dev` finds the API: a running cvatd, on its port. */
const daemon = process.env.CVATD_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  server: {
    host: '127.0.0.1',
    // The daemon answers only requests of its own pages: Host and Origin are made its own.
    proxy: { '/api': { target: daemon, changeOrigin: true, headers: { Origin: daemon } } },
  },
  build: {
    outDir: '../daemon/cvatd/_static',
    emptyOutDir: true,
    target: 'es2022',
    // The daemon's policy forbids data: scripts and fonts; everything is a file under /assets.
    assetsInlineLimit: 0,
    // React, the router and Mantine's controls are about 550 kB of the first page; more than that should be noticed.
    chunkSizeWarningLimit: 600,
  },
  test: {
    restoreMocks: true,
    testTimeout: 30_000,
    pool: 'threads',
    projects: [
      {
        extends: true,
        test: { name: 'core', environment: 'node', include: ['src/{geometry,protocol,render,store,tools,video}/**/*.spec.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'jsdom',
          include: ['src/{editor,ui}/**/*.spec.{ts,tsx}'],
          setupFiles: ['./src/testing/setup.ts'],
        },
      },
    ],
  },
});
