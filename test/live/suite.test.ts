import { afterAll } from 'vitest';
import { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import { adapterSuite } from './suite.ts';

const sandboxes: SandboxCloudflare[] = [];

afterAll(async () => {
  for (const sandbox of sandboxes) await sandbox.close();
});

adapterSuite(async () => {
  const sandbox = await SandboxCloudflare.start({ zones: [{ name: 'example.com' }] });
  sandboxes.push(sandbox);
  return { baseUrl: new URL(sandbox.url), token: 'sandbox-token', zoneName: 'example.com' };
});
