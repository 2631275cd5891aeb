import { expect, test } from 'vitest';
import { leaseName, leaseNamespace } from '../../src/app/lease-place.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { fixedEndpoint } from '../../src/kubernetes/endpoint.ts';

/** What the API server takes as a name: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

test('each owner has a name of its own, whatever characters it has', () => {
  const owners = ['home', 'home.', 'a.b', 'a-b', 'a..b', 'a.-b', 'routeflare-1a2b3c4d', 'x'.repeat(32)];
  const names = owners.map((owner) => leaseName({}, owner));
  expect(new Set(names).size).toBe(owners.length);
  for (const name of names) expect(name).toMatch(NAME);
  expect(leaseName({}, 'home')).toBe(leaseName({ LEASE_NAME: '' }, 'home'));
});

test('what the chart says goes first: two releases with one owner have two', () => {
  expect(leaseName({ LEASE_NAME: 'dns-writer' }, 'home')).toBe('dns-writer');
});

test('it lies beside the Pod, else where the login is at home, else in default', async () => {
  const at = (namespace: string | undefined) =>
    new Connection({ ...fixedEndpoint('http://127.0.0.1:1'), namespace: async () => namespace });
  expect(await leaseNamespace({ POD_NAMESPACE: 'dns' }, at('apps'))).toBe('dns');
  expect(await leaseNamespace({}, at('apps'))).toBe('apps');
  expect(await leaseNamespace({}, at(undefined))).toBe('default');
});
