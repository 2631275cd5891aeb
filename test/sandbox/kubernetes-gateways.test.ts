import { afterEach, describe, expect, it } from 'vitest';
import { SandboxKubernetes, type SandboxKubernetesOptions } from '../../src/sandbox/sandbox-kubernetes.ts';
import { gateway, httpRoute } from './manifests.ts';

let sandbox: SandboxKubernetes;

async function start(options: SandboxKubernetesOptions): Promise<void> {
  sandbox = await SandboxKubernetes.start(options);
}
afterEach(async () => sandbox.close());

function parents(name: string): unknown {
  const status = sandbox.objects.get('HTTPRoute', 'apps', name)?.['status'] as
    | { parents?: unknown[] }
    | undefined;
  return status?.parents;
}

describe('the stand-in for a gateway implementation', () => {
  it('accepts routes once their parent exists, with the generation it saw', async () => {
    await start({ acceptRoutes: true });
    sandbox.objects.apply(httpRoute('web'));
    await expect.poll(() => parents('web')).toEqual([]);
    sandbox.objects.apply(gateway('home'));
    const accepted = (observedGeneration: number) => [
      {
        parentRef: { name: 'home', namespace: 'infra' },
        controllerName: sandbox.controllerName,
        conditions: [
          { type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration },
          { type: 'ResolvedRefs', status: 'True' },
        ],
      },
    ];
    await expect.poll(() => parents('web')).toMatchObject(accepted(1));
    sandbox.objects.apply(httpRoute('web', 'apps', 'new.example.com'));
    await expect.poll(() => parents('web')).toMatchObject(accepted(2));
  });

  it('leaves what another controller wrote', async () => {
    await start({ acceptRoutes: false });
    sandbox.objects.apply(gateway('home'));
    const foreign = { parentRef: { name: 'home' }, controllerName: 'example.net/other', conditions: [] };
    sandbox.objects.apply({ ...httpRoute('web'), status: { parents: [foreign] } });
    sandbox.acceptRoutes(true);
    await expect.poll(() => parents('web')).toHaveLength(2);
    expect(parents('web')).toContainEqual(foreign);
  });

  it('refuses with a reason where it is told to', async () => {
    const accepts = () => 'NotAllowedByListeners';
    await start({ acceptRoutes: true, gateways: { accepts, controllerName: 'example.com/mine' } });
    sandbox.objects.apply(gateway('home'));
    sandbox.objects.apply(httpRoute('web'));
    await expect
      .poll(() => parents('web'))
      .toMatchObject([
        {
          controllerName: 'example.com/mine',
          conditions: [{ type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners' }, {}],
        },
      ]);
  });

  it('writes nothing while it is off, but addresses are there all the same', async () => {
    await start({});
    sandbox.objects.apply(gateway('home'));
    sandbox.objects.apply(httpRoute('web'));
    sandbox.gatewayAddresses('infra', 'home', ['203.0.113.1', '2001:db8::1', 'lb.example.net']);
    expect(sandbox.objects.get('Gateway', 'infra', 'home')?.['status']).toEqual({
      addresses: [
        { type: 'IPAddress', value: '203.0.113.1' },
        { type: 'IPAddress', value: '2001:db8::1' },
        { type: 'Hostname', value: 'lb.example.net' },
      ],
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(parents('web')).toBeUndefined();
  });

  it('gives a Gateway its addresses when it comes to be, with its listeners’ conditions', async () => {
    await start({ acceptRoutes: true });
    sandbox.gatewayAddresses('infra', 'home', ['203.0.113.1']);
    sandbox.objects.apply(gateway('home'));
    await expect
      .poll(() => sandbox.objects.get('Gateway', 'infra', 'home')?.['status'])
      .toMatchObject({
        addresses: [{ value: '203.0.113.1' }],
        conditions: [{ type: 'Accepted', status: 'True' }, { type: 'Programmed' }],
        listeners: [{ name: 'http', conditions: [{ type: 'Accepted' }, {}] }],
      });
  });
});

describe('the objects past HTTP', () => {
  it('take a key away with null, and leave an applied object’s status', async () => {
    await start({});
    sandbox.objects.apply({ ...httpRoute('web'), status: { parents: ['x'] } });
    sandbox.objects.annotate('HTTPRoute', 'apps', 'web', { a: 'b', c: 'd' });
    const { metadata } = sandbox.objects.annotate('HTTPRoute', 'apps', 'web', { a: null });
    expect(metadata['annotations']).toEqual({ c: 'd' });
    const applied = sandbox.objects.apply(httpRoute('web', 'apps', 'new.example.com'));
    expect(applied).toMatchObject({ status: { parents: ['x'] }, metadata: { generation: 2 } });
    expect(sandbox.objects.setStatus('HTTPRoute', 'apps', 'web', {})['status']).toEqual({});
    expect(sandbox.calls).toEqual([]);
  });

  it('come with a kubeconfig', async () => {
    await start({ token: 'secret' });
    expect(sandbox.kubeconfig()).toContain(`server: ${sandbox.url}\n`);
  });
});
