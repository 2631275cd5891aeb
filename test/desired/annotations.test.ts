import { describe, expect, it } from 'vitest';
import {
  claim,
  confirmed,
  derive,
  fateOf,
  gateway,
  host,
  ip,
  problems,
  published,
  route,
  type Scene,
} from './builders.ts';

type Keys = Readonly<Record<string, string>>;
const withKeys = (keys: Keys, over: Scene = {}): Scene => ({
  ...over,
  routes: [route({ annotations: { 'content-mode': 'gateway-address', ...keys } })],
});
const text = (scene: Scene) => problems(scene).join('\n');
const fixed = (content: string, more: Keys = {}) => withKeys({ 'content-mode': 'static', content, ...more });
const wantOf = (keys: Keys, over: Scene = {}) => derive(withKeys(keys, over)).wants[0];

describe('a value that cannot be used freezes all records of its source', () => {
  it.each([
    ['content-mode', 'dyndns', 'gateway-address, ddns, static, none'],
    ['content-mode-aaaa', 'x', 'gateway-address, ddns, static, none'],
    ['type', 'TXT', 'A, AAAA, A/AAAA, CNAME'],
    ['type', '', 'A, AAAA, A/AAAA, CNAME'],
    ['ttl', '30', '"auto", or whole seconds from 60 to 86400'],
    ['ttl', '1h', '"auto", or whole seconds from 60 to 86400'],
    ['proxied', 'yes', 'true, false, 1, 0, t, f'],
    ['proxied', 'constructor', 'true, false, 1, 0, t, f'],
    ['addresses', 'some', 'first, all'],
    ['adopt', 'false', 'true'],
    ['suspend', '1', 'true'],
    ['gateway', 'a/b/c', 'NAME or NAMESPACE/NAME'],
    ['hostnames', ' , ', 'a comma list of DNS names, at least one'],
  ])('%s: "%s"', (key, value, allowed) => {
    const scene = withKeys({ [key]: value }, { claims: [claim()] });
    const { wants } = derive(scene);
    expect(wants.map(({ standing }) => standing.kind)).toEqual(['frozen']);
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(published(withKeys({ [key]: value }))).toEqual([]);
    const said = problems(scene).find((each) => each.includes(`routeflare/${key}: "${value}"`));
    expect(said).toMatch(/^InvalidAnnotation HTTPRoute\/shop\/app/);
    expect(said).toContain(allowed);
  });

  it('also where the same edit takes a type away', () => {
    const both = '10.0.0.4,2001:db8::1';
    const keys = fixed(both, { type: 'AAAA', proxied: 'true' });
    expect(fateOf({ ...keys, claims: [claim()] })).toBe('kept:frozen');
    expect(fateOf({ ...fixed(both, { type: 'AAAA' }), claims: [claim()] })).toBe('doomed:type-removed');
  });

  it('deleting the object still deletes', () => {
    expect(fateOf({ claims: [claim({ state: 'frozen' })] })).toBe('doomed:holder-absent');
  });

  it('all bad keys are told at once', () => {
    expect(problems(withKeys({ ttl: 'x', proxied: 'y' }))).toHaveLength(2);
  });
});

describe('a bad entry of hostnames', () => {
  const keys = { hostnames: 'good.example.com, b_d.example.com' };

  it('is told, and the good ones go on', () => {
    expect(published(withKeys(keys))).toEqual(['A good.example.com 203.0.113.5']);
    expect(text(withKeys(keys))).toContain('"b_d.example.com" is not a DNS name');
  });

  it('freezes records whose names are no longer listed: nobody can tell which one it meant', () => {
    expect(fateOf(withKeys(keys, { claims: [claim({ name: 'bad.example.com' })] }))).toBe('kept:frozen');
    expect(
      fateOf(withKeys({ hostnames: 'good.example.com' }, { claims: [claim({ name: 'bad.example.com' })] })),
    ).toBe('doomed:hostname-removed');
  });
});

describe('words', () => {
  it('are trimmed and read in any letter case', () => {
    const want = wantOf({ 'content-mode': ' Gateway-Address ', proxied: ' T ', type: ' a ', ttl: 'AUTO' });
    expect(want?.standing.kind).toBe('publish');
    expect(want?.proxied).toEqual({ value: true, written: true });
    expect(want?.ttl).toEqual({ value: 'auto', written: true });
  });

  it.each([
    ['1', true],
    ['0', false],
    ['F', false],
    ['true', true],
  ])('proxied: "%s" is %s', (raw, value) => {
    expect(wantOf({ proxied: raw })?.proxied).toEqual({ value, written: true });
  });

  it('what nobody wrote is a default only', () => {
    const want = wantOf({});
    expect(want?.ttl).toEqual({ value: 'auto', written: false });
    expect(want?.proxied).toEqual({ value: false, written: false });
    expect(want?.adopt).toBe(false);
  });

  it('a ttl beside proxied: true is a warning, never drift', () => {
    expect(wantOf({ ttl: '300', proxied: 'true' })?.ttl).toEqual({ value: 'auto', written: false });
    expect(text(withKeys({ ttl: '300', proxied: 'true' }))).toContain(
      'the TTL of a proxied record is always auto',
    );
    expect(wantOf({ ttl: '300', proxied: 'false' })?.ttl).toEqual({ value: 300, written: true });
  });
});

describe('keys without effect are a warning, and nothing freezes', () => {
  it.each([
    [{ contents: '192.0.2.1' }, 'routeflare/contents is not a key of Routeflare'],
    [{ content: '192.0.2.1' }, 'routeflare/content: "192.0.2.1" has no effect: content-mode is not static'],
    [
      { 'content-mode-aaaa': 'ddns' },
      'routeflare/content-mode-aaaa: "ddns" has no effect: no AAAA record is asked for',
    ],
  ])('%o', (keys: Keys, message) => {
    expect(published(withKeys(keys))).toEqual(['A app.example.com 203.0.113.5']);
    expect(text(withKeys(keys))).toContain(message);
  });

  it('keys on a Gateway that are no defaults are told of the Gateway', () => {
    const gateways = [gateway({ annotations: { ttl: '300', adopt: 'true', hostnames: 'a.example.com' } })];
    const told = text(withKeys({}, { gateways }));
    expect(told).toContain('InvalidAnnotation - -: Gateway infra/public: routeflare/adopt has no effect');
    expect(told).toContain('routeflare/hostnames has no effect');
    expect(told).not.toContain('routeflare/ttl has');
  });
});

describe('static content', () => {
  it.each([
    ['198.51.100.4', ['A app.example.com 198.51.100.4']],
    ['2001:DB8:0::4', ['AAAA app.example.com 2001:db8::4']],
    ['198.51.100.4, 2001:db8::4', ['A app.example.com 198.51.100.4', 'AAAA app.example.com 2001:db8::4']],
    ['Tunnel.cfargotunnel.com.', ['CNAME app.example.com tunnel.cfargotunnel.com']],
    ['10.0.0.4', ['A app.example.com 10.0.0.4']],
  ])('%s gives its own types', (content, expected) => {
    expect(published(fixed(content))).toEqual(expected);
  });

  it('an explicit type that does not fit is Pending, not guessed', () => {
    expect(published(fixed('lb.example.net', { type: 'A' }))).toEqual([]);
    expect(text(fixed('lb.example.net', { type: 'A' }))).toMatch(/^Pending .*gives no A record/);
    expect(text(fixed('198.51.100.4', { type: 'CNAME' }))).toMatch(/^Pending .*gives no CNAME record/);
  });

  it.each([
    ['', 'it is empty'],
    ['198.51.100.4, 198.51.100.5', 'more than one address of a family'],
    ['198.51.100.4, lb.example.net', '"lb.example.net" is not an IP address'],
    ['127.0.0.1', 'is never published'],
    ['169.254.1.1', 'is never published'],
    ['app_.example.com', 'is not a DNS name'],
    ['*.example.com', 'a wildcard is no target'],
  ])('"%s" freezes what is there', (content, why) => {
    const scene = { ...fixed(content), claims: [claim()] };
    expect(derive(scene).wants.map(({ standing }) => standing.kind)).toEqual(['frozen']);
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(text(scene)).toContain(why);
    expect(text(scene)).toMatch(/^InvalidAnnotation /);
  });

  it('missing content freezes', () => {
    expect(text(withKeys({ 'content-mode': 'static' }))).toContain('content-mode static needs it');
  });

  it('a private address is published, but not with proxied', () => {
    expect(published(fixed('10.0.0.4', { proxied: 'true' }))).toEqual([]);
    expect(text(fixed('10.0.0.4', { proxied: 'true' }))).toContain("Cloudflare's proxy cannot reach it");
  });

  it('a CNAME to the name itself is refused for that name', () => {
    const scene = {
      ...fixed('app.example.com'),
      claims: [claim({ type: 'CNAME', content: 'old.example.net' })],
    };
    expect(fateOf(scene)).toBe('kept:frozen');
    expect(text(scene)).toMatch(/^InvalidAnnotation .*is the name itself/);
  });

  it('addresses: all takes more than one of a family', () => {
    expect(published(fixed('198.51.100.4,198.51.100.5', { addresses: 'all' }))).toEqual([
      'A app.example.com 198.51.100.4,198.51.100.5',
    ]);
  });
});

describe('addresses of the gateway', () => {
  const gateways = [gateway({ addresses: [ip('203.0.113.5'), ip('203.0.113.6'), ip('203.0.113.5')] })];

  it('the published one stays while it is listed, else the first', () => {
    expect(published(withKeys({}, { gateways }))).toEqual(['A app.example.com 203.0.113.5']);
    expect(published(withKeys({}, { gateways, claims: [claim({ content: '203.0.113.6' })] }))).toEqual([
      'A app.example.com 203.0.113.6',
    ]);
    expect(published(withKeys({}, { gateways, claims: [claim({ content: '203.0.113.7' })] }))).toEqual([
      'A app.example.com 203.0.113.5',
    ]);
  });

  it('all: every one, distinct, as one record set', () => {
    expect(published(withKeys({ addresses: 'all' }, { gateways }))).toEqual([
      'A app.example.com 203.0.113.5,203.0.113.6',
    ]);
  });

  it.each(['127.0.0.1', '0.0.0.0', '169.254.0.9', '224.0.0.1'])('%s is never published', (value) => {
    const scene = withKeys({}, { gateways: [gateway({ addresses: [ip(value)] })], claims: [claim()] });
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:pending');
    expect(text(scene)).toMatch(/^Pending .*is never published/);
  });

  it('a private one is published, but not with proxied; the next that may be is', () => {
    const addresses = [ip('10.0.0.5')];
    expect(published(withKeys({}, { gateways: [gateway({ addresses })] }))).toHaveLength(1);
    expect(published(withKeys({ proxied: 'true' }, { gateways: [gateway({ addresses })] }))).toEqual([]);
    const both = [gateway({ addresses: [...addresses, ip('203.0.113.5')] })];
    expect(published(withKeys({ proxied: 'true' }, { gateways: both }))).toEqual([
      'A app.example.com 203.0.113.5',
    ]);
  });
});

describe('ddns', () => {
  const keys = { 'content-mode': 'ddns' };

  it('publishes only a confirmed address', () => {
    expect(published(withKeys(keys, { egress: [confirmed(4, '198.51.100.7')] }))).toEqual([
      'A app.example.com 198.51.100.7',
    ]);
    const state = {
      family: 4,
      votes: [],
      status: 'unconfirmed',
      address: '198.51.100.7',
      why: 'restart',
    } as const;
    const scene = withKeys(keys, { egress: [state], claims: [claim({ mode: 'ddns' })] });
    expect(published(scene)).toEqual([]);
    expect(fateOf(scene)).toBe('kept:pending');
    expect(text(scene)).toContain('the egress IPv4 address is unconfirmed: restart');
  });

  it('behind NAT: A by ddns, AAAA by the address of the gateway', () => {
    const mixed = { ...keys, type: 'A/AAAA', 'content-mode-aaaa': 'gateway-address' };
    const gateways = [gateway({ addresses: [ip('10.0.0.4'), ip('2001:db8::5')] })];
    const scene = withKeys(mixed, { gateways, egress: [confirmed(4, '198.51.100.7')] });
    expect(published(scene)).toEqual(['A app.example.com 198.51.100.7', 'AAAA app.example.com 2001:db8::5']);
    expect(derive(scene).wants.map(({ mode }) => mode)).toEqual(['ddns', 'gateway-address']);
  });

  it('needs the route to be accepted, as every mode does', () => {
    const scene = {
      egress: [confirmed(4, '198.51.100.7')],
      gateways: [],
      routes: [route({ annotations: keys })],
    };
    expect(published(scene)).toEqual([]);
  });
});

it('adopt and the parent go with the want', () => {
  expect(wantOf({ adopt: 'TRUE' })).toMatchObject({
    adopt: true,
    name: host('app.example.com'),
    via: { kind: 'Gateway', namespace: 'infra', name: 'public' },
    source: { kind: 'HTTPRoute', namespace: 'shop', name: 'app' },
  });
});

it('a zone that is not active is told once', () => {
  const zones = { known: true, value: [{ id: 'z', name: 'example.com', status: 'pending' }] } as const;
  const routes = [route(), route({ name: 'b', hostnames: ['b.example.com'] })];
  expect(problems({ routes, zones })).toHaveLength(1);
  expect(text({ routes, zones })).toContain('has status "pending"');
});
