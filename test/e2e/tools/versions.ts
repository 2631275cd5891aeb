/** Helm as its users have it. https://github.com/helm/helm/releases */
export const HELM = '3.22.0';

/** Releases of the Gateway API that are tried: the newest, and the one before. */
export const GATEWAY_API = ['1.7.0', '1.6.3'] as const;
type Version = (typeof GATEWAY_API)[number];

const CHANNELS = ['standard', 'experimental'] as const;

/** A release and the channel of its CRDs. https://gateway-api.sigs.k8s.io/concepts/versioning/ */
export interface GatewayApi {
  readonly version: Version;
  readonly channel: (typeof CHANNELS)[number];
}

/** Reads such as `1.6.3` or `1.7.0-experimental`; the newest standard one when empty. Throws Error for others. */
export function parseGatewayApi(text: string): GatewayApi {
  const [release = '', word = 'standard'] = (text === '' ? GATEWAY_API[0] : text).split('-');
  const version = GATEWAY_API.find((each) => each === release);
  const channel = CHANNELS.find((each) => each === word);
  if (version !== undefined && channel !== undefined) return { version, channel };
  const known = `${GATEWAY_API.join(' or ')}, with -experimental or without`;
  throw new Error(`there is no Gateway API "${text}" here: ${known}`);
}

/** Prometheus 3, as the module counts it: v0.315 is 3.15. https://github.com/prometheus/prometheus/releases */
export const PROMETHEUS = '0.315.0';
