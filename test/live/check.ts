import { readLiveSettings } from './settings.ts';

const settings = readLiveSettings(process.env);
if (!settings.ok) {
  process.stderr.write(`${settings.error}\n`);
  process.exitCode = 1;
}
