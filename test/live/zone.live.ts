import { readLiveSettings } from './settings.ts';
import { adapterSuite } from './suite.ts';

adapterSuite(async () => {
  const settings = readLiveSettings(process.env);
  if (!settings.ok) throw new Error(settings.error);
  return settings.value;
});
