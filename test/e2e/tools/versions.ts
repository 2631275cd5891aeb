/** Helm as its users have it. https://github.com/helm/helm/releases */
export const HELM = '3.22.0';

/** Releases of the Gateway API whose standard channel is installed: the newest, and the one before. */
export const GATEWAY_API = ['1.7.0', '1.6.3'] as const;
export type GatewayApiVersion = (typeof GATEWAY_API)[number];
