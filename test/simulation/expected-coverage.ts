import type { Permit } from '../../src/domain/permit.ts';
import type { ApiProblemKind } from '../../src/domain/write.ts';
import { READ_FAULTS, WRITE_FAULTS } from './faults.ts';
import { KILL_POINTS } from './fuse.ts';
import { EVENT_KINDS } from './history.ts';
import { ROUTE_KINDS } from './names.ts';

const OUTCOMES = ['create', 'update', 'delete', 'adopt'].flatMap((action) =>
  ['done', 'stale', 'in-doubt', 'not-tried', 'refused']
    // Too few take-overs meet a latecomer for a run of this length to be sure of one.
    .filter((kind) => action !== 'adopt' || kind !== 'stale')
    .map((kind) => `outcome: ${action} ${kind}`),
);
const HAPPENINGS = ['RecordCreated', 'RecordUpdated', 'RecordDeleted', 'DriftCorrected', 'Adopted'];
const PROBLEMS = [
  'InvalidAnnotation',
  'HostnameConflict',
  'NotReady',
  'RecordConflict',
  'ZoneNotFound',
  'Pending',
  'WriteRefused',
  'QuotaReached',
  'DeletionsHeld',
  'Orphan',
];
const PERMITS: readonly Permit['kind'][] = ['all', 'own-ddns', 'none'];
const SENT_WITH = ['all, asking nobody', 'all', 'all, guarded by nothing', 'own-ddns'];

const CLUSTER_TROUBLES = [
  ...['list', 'watch'].flatMap((verb) =>
    ['unreachable', 'forbidden', 'throttled', 'server', 'not-found'].map((kind) => `${verb} ${kind}`),
  ),
  'watch gone',
];
const ANSWERS: readonly ApiProblemKind[] = [
  'in-doubt',
  'unavailable',
  'rate-limited',
  'token-refused',
  'forbidden',
  'not-found',
  'exists',
  'type-conflict',
  'quota',
  'invalid',
  'misconfigured',
];

/** Everything that a long enough run must have met. */
export function expectedCoverage(): readonly string[] {
  return [
    ...EVENT_KINDS.map((kind) => `event: ${kind}`),
    'event: approval',
    ...WRITE_FAULTS.map(({ name }) => `write fault: ${name}`),
    ...READ_FAULTS.map(({ name }) => `read fault: ${name}`),
    ...KILL_POINTS.map((point) => `kill: ${point}`),
    'fault: disk full',
    'fault: held back as it would leave',
    ...['ready', 'unready', 'over', 'unknown'].map((kind) => `backends: ${kind}`),
    ...Object.values(ROUTE_KINDS).map((kind) => `written for: ${kind}`),
    'given by: Gateway',
    'given by: ListenerSet',
    ...PERMITS.map((kind) => `permit: ${kind}`),
    ...SENT_WITH.map((kind) => `sent with a permit for: ${kind}`),
    'second pod: creates',
    'second pod: changes',
    'token: accepted',
    'token: refused',
    'fault: a token that is worth nothing',
    ...CLUSTER_TROUBLES.map((what) => `cluster: ${what}`),
    ...ANSWERS.map((kind) => `answer: ${kind}`),
    ...OUTCOMES,
    ...HAPPENINGS.map((reason) => `happened: ${reason}`),
    'told: Released',
    ...PROBLEMS.map((reason) => `problem: ${reason}`),
  ];
}
