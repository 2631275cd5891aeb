import { http, HttpResponse, type JsonBodyType } from 'msw';

export const BASE = 'https://api.cloudflare.com/client/v4';
export const GOOD_TOKEN = 'good-token-0123456789abcdefghijklmnopqr';

export interface FakeRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  ttl: number;
  proxied: boolean;
  comment: string | null;
  meta?: Record<string, unknown>;
}

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

interface Batch {
  deletes?: { id: string }[];
  patches?: ({ id: string } & Partial<FakeRecord>)[];
  posts?: Omit<FakeRecord, 'id'>[];
}

type Answer = (call: SeenCall) => Response | Promise<Response> | undefined;

/** Zones and records in memory behind the v4 API's own shapes; `next` puts other answers before them. */
export class FakeCloudflare {
  readonly zones: { id: string; name: string; status: string }[] = [];
  readonly records = new Map<string, FakeRecord[]>();
  readonly calls: SeenCall[] = [];
  readonly tokens = new Set([GOOD_TOKEN]);
  maxPerPage = 5000;
  headers: Record<string, string> = {};
  #answers: Answer[] = [];
  #made = 0;

  readonly handler = http.all(`${BASE}/*`, async ({ request }) => {
    const url = new URL(request.url);
    const text = await request.text();
    const call: SeenCall = {
      method: request.method,
      path: decodeURIComponent(url.pathname.replace('/client/v4', '')),
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(request.headers),
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.calls.push(call);
    return (await this.#answers.shift()?.(call)) ?? this.#route(call);
  });

  /** Each answers one call; one that gives `undefined` lets that call through. */
  next(...answers: Answer[]): void {
    this.#answers.push(...answers);
  }

  addZone(name: string, status = 'active'): { id: string; name: string; status: string } {
    const zone = { id: this.#newId(), name, status };
    this.zones.push(zone);
    this.records.set(zone.id, []);
    return zone;
  }

  addRecord(zone: { id: string }, fields: Partial<FakeRecord>): FakeRecord {
    const record: FakeRecord = {
      id: this.#newId(),
      name: 'app.example.com',
      type: 'A',
      content: '192.0.2.1',
      ttl: 1,
      proxied: false,
      comment: null,
      ...fields,
    };
    this.records.get(zone.id)!.push(record);
    return record;
  }

  #newId(): string {
    this.#made += 1;
    return this.#made.toString(16).padStart(32, '0');
  }

  #route(call: SeenCall): Response {
    if (!this.tokens.has(call.headers['authorization']?.replace('Bearer ', '') ?? '')) {
      return refusal(401, 10000, 'Authentication error');
    }
    if (call.path === '/zones') return this.#page(call, this.zones, 50);
    const [, , zoneId = '', , id] = call.path.split('/');
    const records = this.records.get(zoneId);
    if (records === undefined) return refusal(403, 10000, 'Authentication error');
    if (id === 'batch') return this.#batch(zoneId, call.body as Batch);
    if (id !== undefined) {
      const record = records.find((one) => one.id === id);
      return record === undefined
        ? refusal(404, 81044, 'Record does not exist.')
        : json({ success: true, errors: [], messages: [], result: record }, 200, this.headers);
    }
    const exact = call.query['name.exact'];
    const chosen = exact === undefined ? records : records.filter((record) => record.name === exact);
    return this.#page(call, chosen, this.maxPerPage);
  }

  #page(call: SeenCall, all: readonly JsonBodyType[], most: number): Response {
    const page = Number(call.query['page'] ?? 1);
    const perPage = Math.min(Number(call.query['per_page'] ?? 20), most);
    return listAnswer(
      all.slice((page - 1) * perPage, page * perPage),
      { page, total: all.length },
      this.headers,
    );
  }

  #batch(zoneId: string, batch: Batch): Response {
    let records = [...this.records.get(zoneId)!];
    const deletes = (batch.deletes ?? []).map(({ id }) => records.find((one) => one.id === id));
    records = records.filter((one) => !deletes.includes(one));
    const patches = (batch.patches ?? []).map(({ id, ...fields }) => {
      const at = records.findIndex((one) => one.id === id);
      return at === -1 ? undefined : (records[at] = { ...records[at]!, ...fields });
    });
    if ([...deletes, ...patches].includes(undefined)) return refusal(404, 81044, 'Record does not exist.');
    const posts = (batch.posts ?? []).map((fields) => ({ id: this.#newId(), ...fields }));
    for (const post of posts) {
      const beside = records.filter((one) => one.name === post.name);
      if (beside.some((one) => one.type === post.type && one.content === post.content)) {
        return refusal(400, 81058, 'An identical record already exists.');
      }
      if (beside.some((one) => one.type === 'CNAME' || post.type === 'CNAME')) {
        return refusal(400, 81053, 'An A, AAAA, or CNAME record with that host already exists.');
      }
      records.push(post);
    }
    this.records.set(zoneId, records);
    return json(
      { success: true, errors: [], messages: [], result: { deletes, patches, posts } },
      200,
      this.headers,
    );
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return HttpResponse.json(body as JsonBodyType, { status, headers });
}

export function listAnswer(
  rows: readonly unknown[],
  { page = 1, total = rows.length }: { page?: number; total?: number } = {},
  headers: Record<string, string> = {},
): Response {
  const info = { page, per_page: rows.length, count: rows.length, total_count: total };
  return json({ success: true, errors: [], messages: [], result: rows, result_info: info }, 200, headers);
}

export function refusal(
  status: number,
  code: number,
  message: string,
  more: { chain?: { code: number; message: string }[]; headers?: Record<string, string> } = {},
): Response {
  const error = { code, message, ...(more.chain ? { error_chain: more.chain } : {}) };
  return json({ success: false, errors: [error], messages: [], result: null }, status, more.headers);
}
