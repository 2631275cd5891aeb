import type { Lab } from './lab.ts';
import type { Random } from './random.ts';
import { BACKEND_EVENTS } from './backend-events.ts';
import { CLOUDFLARE_EVENTS } from './cloudflare-events.ts';
import { CLUSTER_EVENTS } from './cluster-events.ts';
import { FAULT_EVENTS } from './fault-events.ts';
import { LEASE_EVENTS } from './lease-events.ts';
import { LISTENER_SET_EVENTS } from './listener-set-events.ts';

/** Something that happens in the world. Answers a sentence, or nothing where it means nothing just now. */
export type WorldEvent = (lab: Lab, random: Random) => string | undefined;

export const EVENTS: Readonly<Record<string, WorldEvent>> = {
  ...CLUSTER_EVENTS,
  ...BACKEND_EVENTS,
  ...CLOUDFLARE_EVENTS,
  ...FAULT_EVENTS,
  ...LEASE_EVENTS,
  ...LISTENER_SET_EVENTS,
};
