import type * as Records from 'cloudflare/resources/dns/records';
import type { ZoneGetResponse } from 'cloudflare/resources/dns/usage/zone';
import type { ResponseInfo } from 'cloudflare/resources/shared';
import type { TokenVerifyResponse } from 'cloudflare/resources/user/tokens/tokens';
import type { Zone } from 'cloudflare/resources/zones/zones';
import type { CloudflareRoute } from '../../src/sandbox/cloudflare-routes.ts';
import {
  type Check,
  departing,
  flag,
  list,
  number,
  object,
  orNull,
  type Shape,
  text,
  time,
  unseen,
  word,
} from './shape.ts';

type ARecord = Records.RecordResponse.ARecord;
type Common = Omit<ARecord, 'type' | 'private_routing'>;

const meta = object<ARecord['meta']>(
  {
    dead_glue: { maybe: unseen },
    is_glue: { maybe: unseen },
    shadowed_by: { maybe: unseen },
    shadowed_records_count: { maybe: unseen },
  },
  { read_only: { maybe: flag } },
);

/** What the records of all types have alike. */
const common: Shape<Common> = {
  id: { always: text },
  name: { always: text },
  content: { maybe: text },
  ttl: { always: number },
  proxied: { maybe: flag },
  proxiable: { always: flag },
  settings: {
    maybe: object<NonNullable<ARecord['settings']>>({
      ipv4_only: { maybe: unseen },
      ipv6_only: { maybe: unseen },
    }),
  },
  meta: { always: meta },
  comment: { maybe: departing(orNull(text), 'null in the examples of the documentation') },
  tags: { maybe: list(text) },
  created_on: { always: time },
  modified_on: { always: time },
  comment_modified_on: { maybe: time },
  tags_modified_on: { maybe: time },
};

const recordsByType: Readonly<Record<string, Check<unknown>>> = {
  A: object<ARecord>({ ...common, type: { always: word('A') }, private_routing: { maybe: unseen } }),
  AAAA: object<Records.RecordResponse.AAAARecord>({
    ...common,
    type: { always: word('AAAA') },
    private_routing: { maybe: unseen },
  }),
  CNAME: object<Records.RecordResponse.CNAMERecord>({
    ...common,
    type: { always: word('CNAME') },
    settings: {
      maybe: object<NonNullable<Records.RecordResponse.CNAMERecord['settings']>>({
        ipv4_only: { maybe: unseen },
        ipv6_only: { maybe: unseen },
        flatten_cname: { maybe: unseen },
      }),
    },
  }),
  TXT: object<Records.RecordResponse.TXTRecord>({ ...common, type: { always: word('TXT') } }),
  NS: object<Records.RecordResponse.NSRecord>({ ...common, type: { always: word('NS') } }),
  MX: object<Records.RecordResponse.MXRecord>({
    ...common,
    type: { always: word('MX') },
    priority: { maybe: number },
  }),
};

const record: Check<Records.RecordResponse> = (value, place) => {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const check = typeof type === 'string' ? recordsByType[type] : undefined;
  return check === undefined ? [`${place} has no entry for its type`] : check(value, place);
};

const zone = object<Zone>({
  id: { always: text },
  name: { always: text },
  status: { maybe: word('initializing', 'pending', 'active', 'moved') },
  type: { maybe: word('full', 'partial', 'secondary', 'internal') },
  paused: { maybe: flag },
  development_mode: { always: number },
  name_servers: { always: list(text) },
  original_name_servers: { always: orNull(list(text)) },
  original_registrar: { always: orNull(text) },
  original_dnshost: { always: orNull(text) },
  created_on: { always: time },
  modified_on: { always: time },
  activated_on: { always: orNull(time) },
  account: { always: object<Zone['account']>({ id: { maybe: text }, name: { maybe: text } }) },
  owner: {
    always: object<Zone['owner']>({ id: { maybe: text }, name: { maybe: text }, type: { maybe: text } }),
  },
  meta: {
    always: object<Zone['meta']>({
      cdn_only: { maybe: unseen },
      custom_certificate_quota: { maybe: number },
      dns_only: { maybe: unseen },
      foundation_dns: { maybe: unseen },
      page_rule_quota: { maybe: number },
      phishing_detected: { maybe: flag },
      step: { maybe: number },
    }),
  },
  plan: {
    always: object<Zone['plan']>({
      id: { maybe: text },
      can_subscribe: { maybe: flag },
      currency: { maybe: text },
      externally_managed: { maybe: flag },
      frequency: { maybe: text },
      is_subscribed: { maybe: flag },
      legacy_discount: { maybe: flag },
      legacy_id: { maybe: text },
      name: { maybe: text },
      price: { maybe: number },
    }),
  },
  permissions: { maybe: list(text) },
  cname_suffix: { maybe: unseen },
  tenant: { maybe: unseen },
  tenant_unit: { maybe: unseen },
  vanity_name_servers: { maybe: unseen },
  verification_key: { maybe: unseen },
});

const info: Shape<ResponseInfo> = {
  code: { always: number },
  message: { always: text },
  documentation_url: { maybe: unseen },
  source: { maybe: unseen },
};

const frame = {
  errors: { always: list(object<ResponseInfo>(info)) },
  messages: { always: list(object(info)) },
};

/** The client's own type of a page's numbers has two of these; all five stand in the reference of the API. */
const pageInfo = object<{ page?: number; per_page?: number }>(
  { page: { maybe: number }, per_page: { maybe: number } },
  { count: { always: number }, total_count: { always: number }, total_pages: { always: number } },
);

function succeeded<T>(result: Check<T>): Check<unknown> {
  return object({ result: { always: result }, success: { always: word(true) }, ...frame });
}

function paged<T>(item: Check<T>): Check<unknown> {
  return object({
    result: { always: list(item) },
    success: { always: word(true) },
    ...frame,
    result_info: { always: pageInfo },
  });
}

const nothing: Check<null> = orNull(unseen);

/** Every refusal. The client has no type for the causes that Cloudflare nests in an error. */
export const refused: Check<unknown> = object({
  result: { always: nothing },
  success: { always: word(false) },
  errors: { always: list(object<ResponseInfo>(info, { error_chain: { maybe: list(object(info)) } })) },
  messages: frame.messages,
});

/** The whole body of what each route answers when it goes well. */
export const answers: Readonly<Record<CloudflareRoute, Check<unknown>>> = {
  'GET /user/tokens/verify': succeeded(
    object<TokenVerifyResponse>({
      id: { always: text },
      status: { always: word('active', 'disabled', 'expired') },
      expires_on: { maybe: unseen },
      not_before: { maybe: unseen },
    }),
  ),
  'GET /zones': paged(zone),
  'GET /zones/:zone': succeeded(zone),
  'GET /zones/:zone/dns_records': paged(record),
  'POST /zones/:zone/dns_records': succeeded(record),
  'GET /zones/:zone/dns_records/usage': succeeded(
    object<ZoneGetResponse>({ record_quota: { always: orNull(number) }, record_usage: { always: number } }),
  ),
  'POST /zones/:zone/dns_records/batch': succeeded(
    object<Records.RecordBatchResponse>({
      deletes: { maybe: list(record) },
      patches: { maybe: list(record) },
      puts: { maybe: list(record) },
      posts: { maybe: list(record) },
    }),
  ),
  'GET /zones/:zone/dns_records/:record': succeeded(record),
  'PUT /zones/:zone/dns_records/:record': succeeded(record),
  'PATCH /zones/:zone/dns_records/:record': succeeded(record),
  'DELETE /zones/:zone/dns_records/:record': succeeded(
    object<Records.RecordDeleteResponse>({ id: { maybe: text } }),
  ),
};
