// Pictures of the page for people to look at: `node test/browser/screenshots.ts FOLDER`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openChromium } from './chromium.ts';
import { EMPTY, TROUBLE, wellWith } from './page-scenes.ts';
import { servePage } from './page-server.ts';

const folder = process.argv[2] ?? 'screenshots';
mkdirSync(folder, { recursive: true });
const server = await servePage();
const browser = await openChromium();
const scenes = { empty: EMPTY, trouble: TROUBLE, well: wellWith(12), many: wellWith(10_000) };
const windows = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
for (const [scene, facts] of Object.entries(scenes)) {
  server.show(facts, scene === 'trouble' ? 'Cloudflare refused it; see the log and the Events' : undefined);
  for (const [window, viewport] of Object.entries(windows)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ viewport, colorScheme });
      await page.goto(server.origin);
      const path = join(folder, `${scene}-${window}-${colorScheme}.png`);
      // The whole of a page with 500 records is more than a picture can hold.
      await page.screenshot({ path, fullPage: scene !== 'many' });
      process.stdout.write(`${path}\n`);
      await page.close();
    }
  }
}
await browser.close();
await server.close();
