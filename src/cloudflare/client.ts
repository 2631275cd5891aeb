import { BaseRecords } from 'cloudflare/resources/dns/records';
import { BaseZones } from 'cloudflare/resources/zones/zones';
import { createClient } from 'cloudflare/tree-shakable';
import type { Transport } from './transport.ts';

// The client's own default is the day it was constructed on: behaviour could change with a restart.
const API_VERSION = '2026-10-02';

export type ApiClient = ReturnType<typeof createApiClient>;

/**
 * The client with the two resources that we use. Whatever it would read from the environment is set here, so
 * that none of it counts; the token comes with each call.
 */
export function createApiClient(baseUrl: URL, transport: Transport) {
  return createClient({
    resources: [BaseRecords, BaseZones],
    baseURL: baseUrl.href.replace(/\/+$/, ''),
    fetch: transport.fetch,
    maxRetries: 0,
    apiVersion: API_VERSION,
    defaultHeaders: { accept: 'application/json', 'api-version': API_VERSION },
    apiToken: null,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    logLevel: 'off',
  });
}
