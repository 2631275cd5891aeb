import type { WriterLease } from '../../src/kubernetes/writer-lease.ts';
import type { Lab } from './lab.ts';
import { LeaseLine } from './lease.ts';
import { CLUSTER, OWNER, V4 } from './names.ts';
import { zoneOf } from './oracle.ts';
import { openWriterLease } from './writer.ts';

/** A second pod of the installation on another node, with a view and a ledger of its own, as far as it shows. */
export class Rival {
  isAlive = true;
  readonly #lab: Lab;
  readonly #lease: WriterLease;

  constructor(lab: Lab) {
    this.#lab = lab;
    const { clock, random, cluster } = lab;
    const line = new LeaseLine(cluster.lease, {
      clock,
      random,
      isDead: () => !this.isAlive,
      isAway: () => cluster.away,
      refuses: () => cluster.refuses,
    });
    this.#lease = openWriterLease(lab, { line, holder: 'rival', podUid: 'rival', onChange: () => {} });
    this.#write();
  }

  /** It ends in good order, and lets go of the Lease, or at once. */
  end(isPolite: boolean): void {
    if (!this.isAlive) return;
    if (!isPolite) this.isAlive = false;
    else
      void this.#lease[Symbol.asyncDispose]().then(() => {
        this.isAlive = false;
      });
  }

  /** While it may, it does now and then what this program does, by what it takes to be so. */
  #write(): void {
    const { clock, random } = this.#lab;
    clock.after(random.between(2_000, 20_000), () => {
      if (!this.isAlive) return;
      if (this.#lease.permit().kind === 'all') this.#change();
      this.#write();
    });
  }

  #change(): void {
    const { clock, random, cloudflare, cluster, coverage } = this.#lab;
    const routes = [...cluster.truth.routes.values()];
    if (routes.length === 0) return;
    const { kind, namespace, name: holder, hostnames } = random.pick(routes);
    const name = random.pick(hostnames);
    const zone = zoneOf(name, [...cloudflare.zones.values()]);
    if (zone === undefined) return;
    const comment = `record-owner-id=${OWNER} ${CLUSTER}:${kind}/${namespace}/${holder}`;
    const ours = cloudflare.named(zone.id, name).filter((record) => record.comment === comment);
    const [first] = ours;
    coverage.hit('second pod', first === undefined ? 'creates' : 'changes');
    if (first !== undefined && random.chance(0.4)) cloudflare.remove(first.id, clock.elapsed);
    else {
      const fields = { zoneId: zone.id, name, type: 'A', content: random.pick(V4), comment };
      const more = { ttl: 'auto' as const, proxied: false, readOnly: false };
      cloudflare.put({ ...first, ...fields, ...more }, clock.elapsed);
    }
    this.#lab.tell(`  the second pod, which holds the Lease, writes ${name}`);
  }
}
