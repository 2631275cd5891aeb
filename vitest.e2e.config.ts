import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The image needs root, buildah and debootstrap, so it is a run of its own.
    include: [process.env['E2E_IMAGE'] ? 'test/e2e/image/*.e2e.ts' : 'test/e2e/*.e2e.ts'],
    globalSetup: ['test/e2e/global-setup.ts'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Each file has an API server of its own, which two cores carry once.
    fileParallelism: false,
  },
});
