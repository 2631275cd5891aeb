import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Nothing but the pages of the tests is asked for, and nothing of an earlier run is known. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the installed Chromium (CHROMIUM, else Debian's) with a new, empty profile, which goes with it.
 * @throws when there is none
 */
export async function openChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `no Chromium at ${executablePath}: install the package chromium, or set CHROMIUM to the path of yours`,
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
}
