import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunk } from '../../src/apply/batch.ts';
import type { Claim } from '../../src/domain/claim.ts';
import { isRecordType, type ActualRecord } from '../../src/domain/record.ts';
import type { Want } from '../../src/domain/want.ts';
import type { Zone } from '../../src/domain/zone.ts';
import { nothingRead, viewOfZone, withReads, type ActualView } from '../../src/plan/actual.ts';
import { makePlan, type Change, type Plan } from '../../src/plan/plan.ts';
import { clash, CloudflareModel, type Step } from './cloudflare-model.ts';
import { ME, NOW, planText, SUBZONE, ZONE } from './fixture.ts';
import { fateOf, nastyWorld, type NastyWorld } from './nasty-world.ts';

const ZONES = [ZONE, SUBZONE];
const RUNS = { numRuns: 500 };

/** A controller in small: plans with what it has read, carries the plan out, and keeps its rows. */
class Simulation {
  readonly cloudflare: CloudflareModel;
  readonly world: NastyWorld;
  claims: readonly Claim[];
  now = NOW;
  /** Names whose change was refused; a real controller tells and leaves them until the next list. */
  readonly refused: string[] = [];
  /** What the last list taught of names that need no change. */
  readonly #learnt = new Map<string, string>();

  constructor(world: NastyWorld) {
    this.world = world;
    this.claims = world.claims;
    this.cloudflare = new CloudflareModel(world.records);
  }

  plan(
    zone: Zone,
    actual: ActualView,
    world: Pick<NastyWorld, 'wants'> = this.world,
    claims = this.claims,
  ): Plan {
    const { strategy, approved, held } = this.world;
    const fates = new Map(claims.map((claim) => [claim.recordId, fateOf(claim, world.wants)]));
    const doomed = [...held].filter((id) => fates.get(id)?.kind === 'doomed' && !approved.has(id));
    return makePlan({
      zone,
      actual,
      claims,
      identity: ME,
      desired: { wants: world.wants, losers: [], fates, problems: [], egressFamilies: new Set() },
      limits: {
        now: this.now,
        deleteDelayMs: 30_000,
        strategy,
        unjudged: false,
        approved,
        held: new Map(doomed.map((id) => [id, 'too many'])),
      },
      protectedBy: () => undefined,
      remembered: (name, signature) =>
        this.#learnt.get(`${zone.id} ${name}`) === signature() ? [] : undefined,
    });
  }

  list(zone: Zone): ActualView {
    return viewOfZone(this.cloudflare.zone(zone.id));
  }

  /** Plans, reading what the plan asks for until it asks for nothing. */
  planWithReads(zone: Zone, from: ActualView): { readonly plan: Plan; readonly view: ActualView } {
    let view = from;
    for (let round = 0; ; round += 1) {
      const plan = this.plan(zone, view);
      const { names, ids, whole } = plan.reads;
      if (names.size === 0 && ids.size === 0 && !whole) return { plan, view };
      if (round > 3) throw new Error('it reads on and on');
      const records = this.cloudflare.zone(zone.id);
      if (whole) view = withReads(viewOfZone(records), new Map(), this.#absent(zone));
      view = withReads(
        view,
        new Map([...names].map((name) => [name, records.filter((record) => record.name === name)])),
        new Map([...ids].map((id) => [id, records.find((record) => record.id === id)])),
      );
    }
  }

  #absent(zone: Zone): ReadonlyMap<string, undefined> {
    const there = new Set(this.cloudflare.zone(zone.id).map(({ id }) => id));
    const gone = this.claims.filter((claim) => claim.zoneId === zone.id && !there.has(claim.recordId));
    return new Map(gone.map((claim) => [claim.recordId, undefined]));
  }

  pass(zone: Zone, from: ActualView, between: (change: readonly Change[]) => void = () => {}): Plan {
    const { plan } = this.planWithReads(zone, from);
    if (from.all !== undefined)
      for (const each of plan.names)
        if (each.changes.length === 0) this.#learnt.set(`${zone.id} ${each.name}`, each.signature());
    const rows = new Map(this.claims.map((claim) => [claim.recordId, claim]));
    for (const row of plan.rows) {
      if (row.kind === 'drop') rows.delete(row.recordId);
      else rows.set(row.claim.recordId, row.claim);
    }
    for (const batch of chunk(plan.changes, 3)) {
      const answer = this.cloudflare.batch(
        zone.id,
        batch.map(({ write }) => write),
      );
      if (!answer.ok) {
        this.refused.push(...batch.map(({ name }) => `${zone.id} ${name} ${answer.problem.message}`));
        continue;
      }
      const updated = [...answer.value.updated];
      const created = [...answer.value.created];
      for (const { claim, drops, write } of batch) {
        const made =
          write.kind === 'update' ? updated.shift() : write.kind === 'create' ? created.shift() : undefined;
        for (const id of drops) rows.delete(id);
        if (claim === undefined || made === undefined) continue;
        const { id, content, ttl, proxied } = made;
        rows.set(id, { ...claim, recordId: id, content, ttl, proxied });
      }
      between(batch);
    }
    this.claims = [...rows.values()];
    this.now += 31_000;
    return plan;
  }

  /** Passes over both zones, each listed, until nothing is left to do; answers how many it took. */
  settle(): number {
    for (let round = 1; round <= 12; round += 1) {
      const plans = ZONES.map((zone) => this.pass(zone, this.list(zone)));
      if (plans.every((plan) => plan.changes.length === 0 && plan.rows.length === 0)) return round;
    }
    return Number.POSITIVE_INFINITY;
  }
}

/** Whether a record's own marker says that it is ours, of whichever cluster or former name. */
function markedOurs({ comment, readOnly }: ActualRecord): boolean {
  return !readOnly && /(^|\s)record-owner-id=(me|old-me)(\s|$)/.test(comment);
}

function strangers(of: ActualRecord, claims: readonly Claim[]): boolean {
  if (markedOurs(of)) return claims.some((claim) => claim.recordId === of.id && claim.state === 'released');
  const row = claims.find((claim) => claim.recordId === of.id && claim.state !== 'released');
  return of.readOnly || row === undefined || /record-owner-id=/.test(of.comment);
}

/** Whether the name answers, by the wanted type or by the one that it replaces. */
function stands(records: ReadonlyMap<string, ActualRecord>, { name, type }: Want): boolean {
  return [...records.values()].some(
    (record) =>
      record.name === name &&
      (record.type === type || (isRecordType(record.type) && clash(record.type, type))),
  );
}

function isPublished(want: Want): boolean {
  return want.standing.kind === 'publish';
}

describe('whatever the world', () => {
  test('it converges, and then nothing is left to do', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        expect(simulation.settle()).toBeLessThanOrEqual(8);
        for (const zone of ZONES) expect(simulation.pass(zone, nothingRead).changes).toEqual([]);
        for (const zone of ZONES)
          for (const view of [nothingRead, simulation.list(zone)]) {
            const { plan } = simulation.planWithReads(zone, view);
            expect([...plan.changes, ...plan.rows]).toEqual([]);
          }
      }),
      RUNS,
    );
  });

  test('no batch is refused: neither a clash of types nor an identical record, at no step of it', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        simulation.settle();
        expect(simulation.refused).toEqual([]);
      }),
      RUNS,
    );
  });

  test('a stranger’s record is never changed or deleted, but for one that is adopted', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        const adoptable = new Set(world.wants.filter((want) => want.adopt).map(({ name }) => String(name)));
        simulation.cloudflare.onStep = ({ write, before }: Step) => {
          if (write.kind === 'create') return;
          const record = before.get(write.id);
          if (record === undefined) throw new Error('a write on a record that is not there');
          const adopted =
            write.kind === 'update' && !/record-owner-id=/.test(record.comment) && adoptable.has(record.name);
          expect(adopted || !strangers(record, simulation.claims)).toBe(true);
          expect(record.readOnly).toBe(false);
        };
        simulation.settle();
      }),
      RUNS,
    );
  });

  test('nothing is created, or renamed to, beside a stranger’s record', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        simulation.cloudflare.onStep = ({ write, before }: Step) => {
          if (write.kind === 'delete') return;
          const was = write.kind === 'update' ? before.get(write.id) : undefined;
          const type = write.kind === 'create' ? write.type : was?.type;
          const name = write.name ?? was?.name;
          if (type === undefined || name === was?.name) return;
          const beside = [...before.values()].filter(
            (record) => record.name === name && record.id !== was?.id,
          );
          const zone =
            was?.zoneId ?? (write.kind === 'create' ? zoneIdOf(world, write.name, write.type) : undefined);
          const inWay = beside.filter(
            (record) => record.zoneId === zone && (record.type === type || clash(record.type, type)),
          );
          expect(inWay.filter((record) => strangers(record, simulation.claims))).toEqual([]);
        };
        simulation.settle();
      }),
      RUNS,
    );
  });

  test('a deletion has a reason, and its marker was read', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        for (let round = 0; round < 8; round += 1) {
          for (const zone of ZONES) {
            const view = simulation.list(zone);
            const before = simulation.claims;
            const { changes } = simulation.pass(zone, view);
            for (const { write, name } of changes) {
              if (write.kind !== 'delete') continue;
              const record = view.byId(write.id);
              expect(record !== undefined && record !== 'absent' && markedOurs(record)).toBe(true);
              const replaced = changes.some((change) => change.action === 'create' && change.name === name);
              expect(replaced ? 'replaced' : reasonToDelete(world, before, write.id)).not.toBe('none');
            }
          }
        }
      }),
      RUNS,
    );
  });

  test('a name that is published and wanted never goes unpublished, not even between two batches', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        // Not a name that a person published by renaming or retyping one of ours, nor one whose end a person approved; and no
        // row for a record that a person deleted since, of which the other zone cannot know.
        const named = new Map(world.records.map((record) => [record.id, `${record.name} ${record.type}`]));
        const claims = world.claims.filter(
          (claim) => named.get(claim.recordId) === `${claim.name} ${claim.type}`,
        );
        const simulation = new Simulation({ ...world, claims, approved: new Set() });
        const names = [...new Set(world.wants.map(({ name }) => name))];
        const published = () =>
          names.filter((name) =>
            world.wants.some(
              (each) =>
                each.name === name && isPublished(each) && stands(simulation.cloudflare.records, each),
            ),
          );
        let before = published();
        const look = () => {
          const now = published();
          expect(before.filter((each) => !now.includes(each))).toEqual([]);
          before = now;
        };
        for (let round = 0; round < 6; round += 1)
          for (const zone of ZONES) simulation.pass(zone, simulation.list(zone), look);
      }),
      RUNS,
    );
  });

  test('without reading, nothing is created, deleted or taken over, and no comment is sent', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        for (const zone of ZONES) {
          for (const { action, write } of simulation.plan(zone, nothingRead).changes) {
            expect(action).toBe('update');
            expect(Object.keys(write)).not.toContain('comment');
            expect(Object.keys(write)).not.toContain('name');
          }
        }
      }),
      RUNS,
    );
  });

  test('by reading only what the plan asks for it comes to the same end as by lists', () => {
    fc.assert(
      fc.property(nastyWorld, (world) => {
        const simulation = new Simulation(world);
        for (let round = 0; round < 8; round += 1)
          for (const zone of ZONES) simulation.pass(zone, nothingRead);
        expect(simulation.settle()).toBeLessThanOrEqual(8);
      }),
      RUNS,
    );
  });

  test('the order of the input does not matter', () => {
    const shuffled = nastyWorld.chain((world) =>
      fc.tuple(
        fc.constant(world),
        fc.shuffledSubarray([...world.wants], { minLength: world.wants.length }),
        fc.shuffledSubarray([...world.claims], { minLength: world.claims.length }),
        fc.shuffledSubarray([...world.records], { minLength: world.records.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([world, wants, claims, records]) => {
        const simulation = new Simulation(world);
        for (const zone of ZONES) {
          const listed = records.filter((record) => record.zoneId === zone.id);
          const text = planText(simulation.plan(zone, simulation.list(zone)));
          const again = planText(simulation.plan(zone, viewOfZone(listed), { wants }, claims));
          expect(again.toSorted()).toEqual(text.toSorted());
          expect(again.filter((line) => /^[-+~] /.test(line))).toEqual(
            text.filter((line) => /^[-+~] /.test(line)),
          );
        }
      }),
      RUNS,
    );
  });
});

function zoneIdOf(world: NastyWorld, name: string, type: string): string | undefined {
  return world.wants.find((want) => want.name === name && want.type === type)?.zone.id;
}

function reasonToDelete(world: NastyWorld, claims: readonly Claim[], id: string): string {
  const row = claims.find((claim) => claim.recordId === id);
  if (row === undefined) return world.approved.has(id) ? 'approved orphan' : 'none';
  const fate = fateOf(row, world.wants);
  switch (fate.kind) {
    case 'doomed':
      return world.held.has(id) && !world.approved.has(id) ? 'none' : 'doomed';
    case 'kept':
      return fate.state === 'left' && world.approved.has(id) ? 'approved left' : 'none';
    case 'wanted':
      return 'one too many, or of another type than was written';
    default:
      return fate.kind;
  }
}
