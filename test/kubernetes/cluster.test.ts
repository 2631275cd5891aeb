import { describe, expect, it } from 'vitest';
import { parseLabelSelector } from '../../src/domain/label-selector.ts';
import { answer, refuse } from './fake-apiserver.ts';
import { gateway, route, runCluster, tick, until } from './cluster-fixture.ts';

describe('what is kept', () => {
  it('keeps annotated objects stripped to what is read, and only the key of others', async () => {
    await using running = await runCluster((server) => {
      server.put('httproutes', route('ours'));
      server.put('httproutes', route('plain', { annotations: { 'example.com/x': 'y' } }));
    });
    await until(() => running.cluster.synced());
    const view = running.routes();
    expect([...view.objects.keys()]).toEqual(['default/ours']);
    expect(view.present('default/plain')).toBe(true);
    expect(view.present('default/absent')).toBe(false);
    expect(view.objects.get('default/ours')).toEqual({
      kind: 'HTTPRoute',
      namespace: 'default',
      name: 'ours',
      uid: 'uid-1',
      generation: 1,
      createdAt: '2026-01-01T00:00:00Z',
      deleting: false,
      selected: true,
      annotations: { 'content-mode': 'ddns' },
      hostnames: ['ours.example.com'],
      parentRefs: [
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', namespace: 'default', name: 'edge' },
      ],
      parentStatuses: [],
      addresses: [],
    });
  });

  it('tells a removed annotation from a removed object', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.routes().objects.has('default/a'));
    running.server.put('httproutes', route('a', { annotations: {} }));
    await until(() => !running.routes().objects.has('default/a'));
    expect(running.routes().present('default/a')).toBe(true);
    running.server.delete('httproutes', 'default', 'a');
    await until(() => !running.routes().present('default/a'));
  });

  it('shows a same name with another uid as the new object', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.delete('httproutes', 'default', 'a');
    running.server.put('httproutes', route('a'));
    await until(() => running.routes().objects.get('default/a')?.uid === 'uid-3');
    expect(running.cluster.uidOf({ kind: 'HTTPRoute', namespace: 'default', name: 'a' })).toBe('uid-3');
  });

  it('notes which sources SOURCE_SELECTOR takes, and keeps the others', async () => {
    const selector = parseLabelSelector('dns=public');
    if (!selector.ok) throw new Error(selector.error);
    await using running = await runCluster(
      (server) => {
        server.put('httproutes', route('in', { labels: { dns: 'public' } }));
        server.put('httproutes', route('out'));
      },
      { selector: selector.value.selects },
    );
    await until(() => running.cluster.synced());
    expect(running.routes().objects.get('default/in')?.selected).toBe(true);
    expect(running.routes().objects.get('default/out')?.selected).toBe(false);
  });

  it('hands out snapshots that later events do not change', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    const before = running.routes();
    running.server.put('httproutes', route('b'));
    running.server.delete('httproutes', 'default', 'a');
    await until(() => !running.routes().present('default/a'));
    expect([...before.objects.keys()]).toEqual(['default/a']);
    expect(before.present('default/a')).toBe(true);
  });
});

describe('what is told', () => {
  it('does not tell of writes to what is not read', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    const told = running.changes();
    const before = running.routes().objects.get('default/a');
    const ref = { name: 'edge' };
    running.server.put('httproutes', { ...route('a'), status: { parents: [], other: 1 } });
    running.server.put('httproutes', route('plain', { annotations: {} }));
    await until(() => running.changes() === told + 1);
    running.server.put('httproutes', { ...route('plain', { annotations: {} }), spec: { rules: [1] } });
    running.server.put('httproutes', route('a', { status: { parents: [{ parentRef: ref }] } }));
    await until(() => running.changes() === told + 2);
    expect(running.routes().objects.get('default/a')).not.toBe(before);
    const message = { parents: [{ parentRef: ref, conditions: [{ type: 'Other', message: 'noise' }] }] };
    running.server.put('httproutes', route('a', { status: message }));
    running.server.put('httproutes', route('last'));
    await until(() => running.routes().objects.has('default/last'));
    expect(running.changes()).toBe(told + 3);
  });
});

describe('a list that is not complete', () => {
  it('is never seen, at the start and at a relist alike', async () => {
    let held = true;
    await using running = await runCluster((server) => {
      for (const name of ['a', 'b', 'c']) server.put('httproutes', route(name));
      server.fault = (call, response) => {
        if (!held || !call.query.has('continue')) return false;
        refuse(response, 500, 'etcd is slow');
        return true;
      };
    });
    await until(() => running.server.calls.filter((call) => call.query.has('continue')).length > 2);
    expect(running.routes().trust).toEqual({ kind: 'unlisted', why: 'etcd is slow' });
    expect(running.routes().objects.size).toBe(0);
    expect(running.routes().present('default/a')).toBe(false);
    expect(running.cluster.synced()).toBe(false);
    expect(running.cluster.missing()).toEqual(['HTTPRoute: etcd is slow']);
    held = false;
    await until(() => running.cluster.synced());
    expect(running.routes().objects.size).toBe(3);

    held = true;
    running.server.compact();
    running.server.cut('httproutes', 'reset');
    const pages = running.server.calls.length;
    await until(() => running.server.calls.length > pages + 4);
    expect(running.routes().objects.size).toBe(3);
    expect(running.cluster.synced()).toBe(true);
    held = false;
    await until(() => running.server.openWatches === 2);
  });

  it.each([
    ['an object of another form', { hello: 'world' }],
    ['a list without a version', { kind: 'HTTPRouteList', metadata: {}, items: [] }],
    ['items that are no list', { kind: 'HTTPRouteList', metadata: { resourceVersion: '5' }, items: 'x' }],
    ['an item without a name', { metadata: { resourceVersion: '5' }, items: [{ metadata: {} }] }],
  ])('is what %s counts as, in a 200', async (_, body) => {
    let lied = 0;
    await using running = await runCluster((server) => {
      server.put('httproutes', route('a'));
      server.fault = (call, response) => {
        if (!call.path.endsWith('/httproutes') || lied++ > 2) return false;
        answer(response, 200, body);
        return true;
      };
    });
    await until(() => lied > 1);
    expect(running.routes().trust.kind).toBe('unlisted');
    await until(() => running.routes().trust.kind === 'current');
    expect(running.routes().objects.size).toBe(1);
  });
});

describe('an object that cannot be read', () => {
  it('keeps its last good form, through events and lists, and is told as a problem', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.put('httproutes', route('a', { hostnames: 'a.example.com' }));
    await until(() => running.cluster.problems().length === 1);
    expect(running.cluster.problems()[0]).toMatchObject({
      message: expect.stringContaining('default/a cannot be read: spec.hostnames'),
      source: { kind: 'HTTPRoute', namespace: 'default', name: 'a' },
    });
    running.server.compact();
    running.server.cut('httproutes', 'reset');
    await until(() => running.server.callsOf('list', 'httproutes').length === 2);
    await until(() => running.server.openWatches === 2);
    expect(running.routes().objects.get('default/a')?.hostnames).toEqual(['a.example.com']);
    expect(running.routes().trust.kind).toBe('current');
    running.server.put('httproutes', route('a', { hostnames: ['b.example.com'] }));
    await until(() => running.cluster.problems().length === 0);
    expect(running.routes().objects.get('default/a')?.hostnames).toEqual(['b.example.com']);
  });

  it('is present, and takes the trust from its kind, where nothing was known of it', async () => {
    await using running = await runCluster((server) =>
      server.put('httproutes', route('a', { annotations: { 'routeflare/content-mode': 1 } })),
    );
    await until(() => running.cluster.synced());
    expect(running.routes().present('default/a')).toBe(true);
    expect(running.routes().trust.kind).toBe('stale');
    running.server.put('httproutes', route('a'));
    await until(() => running.routes().trust.kind === 'current');
  });
});

describe('trust', () => {
  it('is lost after ten minutes without progress, and told when it comes back', async () => {
    let time = 1_000_000;
    await using running = await runCluster((server) => server.put('httproutes', route('a')), {
      now: () => time,
    });
    await until(() => running.server.openWatches === 2);
    expect(running.routes().trust.kind).toBe('current');
    time += 600_001;
    expect(running.routes().trust.kind).toBe('stale');
    expect(running.routes().objects.size).toBe(1);
    const told = running.changes();
    running.server.bookmark('httproutes');
    await until(() => running.routes().trust.kind === 'current');
    expect(running.changes()).toBeGreaterThan(told);
  });

  it('waits for a kind whose CRD is not installed, and takes it up when it is', async () => {
    await using running = await runCluster((server) => {
      server.served.delete('httproutes');
      server.put('httproutes', route('a'));
    });
    await until(() => running.cluster.synced());
    expect(running.routes().trust.kind).toBe('unlisted');
    expect(running.cluster.problems().map(({ message }) => message)).toEqual([
      expect.stringContaining('HTTPRoute of gateway.networking.k8s.io/v1 is not served'),
    ]);
    expect(running.cluster.absent()).toEqual(['HTTPRoute']);
    running.server.served.add('httproutes');
    await until(() => running.routes().trust.kind === 'current');
    expect(running.cluster.absent()).toEqual([]);
    expect(running.routes().objects.size).toBe(1);
    expect(running.cluster.problems()).toEqual([]);
  });

  it('does not call it a problem that an optional kind was never served', async () => {
    await using running = await runCluster((server) => server.served.delete('tlsroutes'), {
      kinds: new Set(['HTTPRoute', 'TLSRoute']),
    });
    await until(() => running.cluster.synced());
    expect(running.cluster.problems()).toEqual([]);
    expect(running.cluster.absent()).toEqual([]);
    expect(running.cluster.snapshot().sources.TLSRoute?.trust.kind).toBe('unlisted');
  });

  it('is lost when a CRD goes, though the watch stays open and tells only of deleted objects', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.served.delete('httproutes');
    running.server.delete('httproutes', 'default', 'a');
    await until(() => running.routes().trust.kind === 'stale');
    expect(running.cluster.problems()).toHaveLength(1);
    running.server.served.add('httproutes');
    await until(() => running.routes().trust.kind === 'current');
  });

  it('says which right is missing and how to grant it, and goes on once it is granted', async () => {
    const words = 'httproutes is forbidden: User "system:serviceaccount:dns:routeflare" cannot list';
    await using running = await runCluster((server) => {
      server.put('httproutes', route('a'));
      server.fault = (call, response) => {
        if (!call.path.endsWith('/httproutes')) return false;
        refuse(response, 403, words);
        return true;
      };
    });
    await until(() => running.cluster.problems().length === 1);
    expect(running.cluster.synced()).toBe(false);
    const message = running.cluster.problems()[0]?.message ?? '';
    expect(message).toContain('forbids "list" on httproutes.gateway.networking.k8s.io in all namespaces');
    expect(message).toContain('kubectl create clusterrole');
    expect(message).toContain(words);
    running.server.fault = undefined;
    await until(() => running.cluster.synced());
    expect(running.cluster.problems()).toEqual([]);
    expect(running.routes().trust.kind).toBe('current');
  });

  it('asks again soon, at first, as a server that has just started refuses what it will allow', async () => {
    let refused = 0;
    await using running = await runCluster(
      (server) => {
        server.fault = (call, response) => {
          if (!call.path.endsWith('/httproutes') || refused === 3) return false;
          refused += 1;
          refuse(response, 403, 'RBAC is not read yet');
          return true;
        };
      },
      { timings: { forbiddenMs: 3_600_000 } },
    );
    await until(() => running.cluster.synced());
    expect(refused).toBe(3);
    expect(running.cluster.problems()).toEqual([]);
  });

  it('is lost when a right is taken away from a kind that was listed', async () => {
    await using running = await runCluster((server) => server.put('httproutes', route('a')));
    await until(() => running.server.openWatches === 2);
    running.server.fault = (call, response) => {
      if (!call.path.endsWith('/httproutes')) return false;
      refuse(response, 403, 'no');
      return true;
    };
    running.server.cut('httproutes', 'reset');
    await until(() => running.routes().trust.kind === 'stale');
    expect(running.cluster.problems()[0]?.message).toContain('"watch"');
    expect(running.routes().objects.size).toBe(1);
    running.server.fault = undefined;
    await until(() => running.routes().trust.kind === 'current');
  });
});

describe('Namespaces', () => {
  it('are watched only while a listener selects by their labels', async () => {
    await using running = await runCluster((server) => {
      server.put('gateways', gateway('edge'));
      server.put('namespaces', { metadata: { name: 'default', labels: { a: 'b' } } });
    });
    await until(() => running.cluster.synced());
    expect(running.cluster.snapshot().namespaces.trust.kind).toBe('off');
    expect(running.server.callsOf('list', 'namespaces')).toEqual([]);

    running.server.put('gateways', gateway('edge', 'Selector'));
    await until(() => running.cluster.snapshot().namespaces.trust.kind === 'current');
    expect(running.cluster.snapshot().namespaces.objects.get('default')?.labels).toEqual({ a: 'b' });
    expect(running.cluster.synced()).toBe(true);
    await until(() => running.server.openWatches === 3);

    running.server.put('gateways', gateway('edge', 'All'));
    await until(() => running.server.openWatches === 2);
    expect(running.cluster.snapshot().namespaces.trust.kind).toBe('off');
  });

  it('hold back synced at the start, where a listener needs them', async () => {
    let held = true;
    await using running = await runCluster((server) => {
      server.put('gateways', gateway('edge', 'Selector'));
      server.fault = (call, response) => {
        if (!held || !call.path.endsWith('/namespaces')) return false;
        refuse(response, 503, 'later');
        return true;
      };
    });
    await until(() => running.server.openWatches === 2);
    await until(() => running.cluster.missing().includes('Namespace: later'));
    expect(running.cluster.synced()).toBe(false);
    held = false;
    await until(() => running.cluster.synced());
  });
});

describe('WATCH_NAMESPACES', () => {
  it('lists and watches each namespace alone, and shows them as one', async () => {
    await using running = await runCluster(
      (server) => {
        server.put('httproutes', route('a', { namespace: 'one' }));
        server.put('httproutes', route('b', { namespace: 'two' }));
        server.put('httproutes', route('c', { namespace: 'three' }));
        server.put('gateways', { ...gateway('edge', 'Selector') });
      },
      { watchNamespaces: ['one', 'two', 'infra'] },
    );
    await until(() => running.cluster.synced());
    const { gateways, namespaces, watchedNamespaces } = running.cluster.snapshot();
    expect([...running.routes().objects.keys()].sort()).toEqual(['one/a', 'two/b']);
    expect(running.routes().present('two/b')).toBe(true);
    expect(running.routes().present('three/c')).toBe(false);
    expect([...gateways.objects.keys()]).toEqual(['infra/edge']);
    expect(namespaces.trust.kind).toBe('off');
    expect(watchedNamespaces).toEqual(new Set(['one', 'two', 'infra']));
    expect(running.server.calls.every((call) => call.path.includes('/namespaces/'))).toBe(true);
  });

  it('trusts no absence while one namespace is not listed', async () => {
    await using running = await runCluster(
      (server) => {
        server.put('httproutes', route('a', { namespace: 'one' }));
        server.fault = (call, response) => {
          if (!call.path.includes('/namespaces/two/httproutes')) return false;
          refuse(response, 403, 'no');
          return true;
        };
      },
      { watchNamespaces: ['one', 'two'] },
    );
    await until(() => running.cluster.problems().length === 1);
    await tick(20);
    expect(running.routes().trust.kind).toBe('unlisted');
    expect(running.routes().objects.size).toBe(0);
    expect(running.cluster.missing()).toEqual(['HTTPRoute in namespace two: no']);
    expect(running.cluster.problems()[0]?.message).toContain('kubectl create role');
  });
});

describe('the identity', () => {
  it("is the first eight hex digits of kube-system's uid", async () => {
    await using running = await runCluster();
    expect(await running.cluster.identity()).toEqual({ ok: true, value: '0a1b2c3d' });
  });

  it('says when it may not be read', async () => {
    await using running = await runCluster();
    running.server.fault = (call, response) => {
      if (!call.path.endsWith('/kube-system')) return false;
      refuse(response, 403, 'namespaces "kube-system" is forbidden');
      return true;
    };
    const identity = await running.cluster.identity();
    expect(identity).toEqual({
      ok: false,
      error: { kind: 'forbidden', message: 'namespaces "kube-system" is forbidden' },
    });
  });
});
