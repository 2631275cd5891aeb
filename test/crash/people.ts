import type { CloudflareRecord, RecordFields } from '../../src/sandbox/cloudflare-record.ts';
import type { SandboxCloudflare } from '../../src/sandbox/sandbox-cloudflare.ts';
import type { Random } from '../simulation/random.ts';
import { shown } from './judge.ts';
import { ZONES } from './world.ts';

const FOREIGN = 'record-owner-id=attic 0badcafe:HTTPRoute/attic/web';
const MARKER = /(?:^|\s)record-owner-id=\S+(?: [0-9a-f]{8}:\S*)?/g;

/** People in the dashboard, and another controller in the same zones: they edit, delete and create as they like. */
export class People {
  /** Records that people made, as they must still be unless somebody was asked to adopt them. */
  readonly strangers = new Map<string, CloudflareRecord>();
  readonly #random: Random;
  readonly #cloudflare: SandboxCloudflare;

  constructor(random: Random, cloudflare: SandboxCloudflare) {
    this.#random = random;
    this.#cloudflare = cloudflare;
  }

  /** One act. Answers what was done; '' where Cloudflare did not let it through. */
  act(): string {
    const random = this.#random;
    const zone = random.pick(ZONES);
    const records = this.#cloudflare.records(zone);
    const roll = random.next();
    try {
      if (roll < 0.25 || records.length === 0) return this.#create(zone);
      const record = random.pick(records);
      if (roll < 0.4) return this.#remove(zone, record);
      return this.#edit(zone, record);
    } catch {
      return '';
    }
  }

  #create(zone: string): string {
    const random = this.#random;
    const name = `${random.pick(['n', 'm', 's', 'x'])}${random.below(10)}.${zone}`;
    const fields: RecordFields = {
      name,
      ...random.pick<Pick<RecordFields, 'type' | 'content'>>([
        { type: 'A', content: `198.51.100.${random.between(1, 9)}` },
        { type: 'A', content: `192.0.2.${random.between(1, 5)}` },
        { type: 'CNAME', content: 'elsewhere.example.org' },
        { type: 'TXT', content: '"a note"' },
      ]),
      comment: random.pick([null, 'by hand', FOREIGN]),
    };
    const record = this.#cloudflare.create(zone, fields);
    this.strangers.set(record.id, record);
    return `somebody creates ${shown(record)}`;
  }

  #remove(zone: string, record: CloudflareRecord): string {
    this.#cloudflare.remove(zone, record.id);
    this.strangers.delete(record.id);
    return `somebody deletes ${shown(record)}`;
  }

  #edit(zone: string, record: CloudflareRecord): string {
    const random = this.#random;
    const words = (record.comment ?? '').replace(MARKER, '').trim();
    const marker = (record.comment ?? '').match(MARKER)?.[0].trim() ?? '';
    const other = record.type === 'CNAME' ? 'edited.example.org' : `198.51.100.${random.between(10, 19)}`;
    const change = random.pick<Partial<RecordFields>>([
      { content: record.type === 'TXT' ? '"another note"' : other },
      { comment: `ask Ann first ${marker}`.trim() },
      { comment: words },
      { comment: words, ...(record.type === 'TXT' ? {} : { content: other }) },
      { comment: `${words} ${FOREIGN}`.trim() },
      { ttl: 600 },
    ]);
    const edited = this.#cloudflare.edit(zone, record.id, change);
    if (this.strangers.has(record.id)) this.strangers.set(record.id, edited);
    return `somebody edits ${shown(record)} into ${shown(edited)}`;
  }
}
