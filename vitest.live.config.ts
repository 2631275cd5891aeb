import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/live/*.live.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
