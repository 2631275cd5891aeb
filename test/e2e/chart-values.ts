import type { Json } from './cluster/api.ts';
import { TOKEN } from './cluster/scene.ts';

/** Every key that the Go version's chart had, as its users wrote them. */
export const goValues: Json = {
  replicaCount: 1,
  image: { repository: 'routeflare', pullPolicy: 'IfNotPresent', tag: '0.2.0' },
  imagePullSecrets: [],
  nameOverride: '',
  fullnameOverride: '',
  serviceAccount: { create: true, annotations: {}, name: '' },
  podAnnotations: {},
  podSecurityContext: {
    runAsNonRoot: true,
    runAsUser: 65_534,
    fsGroup: 65_534,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 65_534,
    capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  },
  cloudflare: {
    apiToken: {
      createSecret: true,
      existingSecret: false,
      existingSecretName: '',
      secretName: 'routeflare-cloudflare-token',
      secretKey: 'token',
      value: TOKEN,
    },
    strategy: 'full',
    recordOwnerID: '',
  },
  kubernetes: { kubeconfig: '' },
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
  nodeSelector: {},
  tolerations: [],
  affinity: {},
  env: [],
  livenessProbe: {
    httpGet: { path: '/healthz', port: 8080 },
    initialDelaySeconds: 30,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  readinessProbe: {
    httpGet: { path: '/healthz', port: 8080 },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    timeoutSeconds: 5,
    failureThreshold: 3,
  },
  podDisruptionBudget: { enabled: true, minAvailable: 1 },
  serviceMonitor: { enabled: false, interval: '30s', scrapeTimeout: '10s' },
};

/** Every option of ours that can be on, on. */
export const everyOption: Json = {
  imagePullSecrets: [{ name: 'pull' }],
  image: { repository: 'registry.example.com/routeflare', digest: `sha256:${'0'.repeat(64)}` },
  serviceAccount: { create: true, annotations: { 'example.com/team': 'dns' }, name: 'dns' },
  sources: ['httproute', 'grpcroute', 'tlsroute', 'ingress', 'service'],
  sourceSelector: 'dns in (public, home)',
  dryRun: true,
  maxDeletes: 'off',
  http: { port: 9090, page: true },
  persistence: {
    enabled: true,
    size: '2Gi',
    storageClass: '-',
    accessModes: ['ReadWriteOncePod'],
    annotations: { 'example.com/backup': 'daily' },
  },
  service: { port: 80, annotations: { 'example.com/scrape': 'true' } },
  serviceMonitor: { enabled: true, interval: '15s', scrapeTimeout: '5s', labels: { release: 'prometheus' } },
  prometheusRule: { enabled: true, labels: { release: 'prometheus' }, without: ['RouteflareNoSuccess'] },
  dashboard: { enabled: true, labels: { grafana: 'yes' }, annotations: { folder: 'DNS' } },
  heartbeat: { existingSecret: 'monitors', secretKey: 'kuma', format: 'uptime-kuma', interval: '1m' },
  notice: { existingSecret: 'monitors', secretKey: 'ntfy', format: 'slack' },
  networkPolicy: {
    enabled: true,
    ingressFrom: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    apiServerPorts: [6443],
    extraEgress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 8443 }] }],
  },
  podAnnotations: { 'example.com/note': 'dns' },
  podLabels: { team: 'dns' },
  priorityClassName: 'dns',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'home', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'arm', operator: 'DoesNotExist' }] }],
      },
    },
  },
};

/** Values as people have them for a chart of ours that was released before; later keys do not belong here. */
export const previousValues: Json = {
  image: { repository: 'registry.example.com/routeflare', tag: '0.1.0' },
  cloudflare: {
    apiToken: { createSecret: true, value: TOKEN },
    recordOwnerID: 'home',
    protectedNames: ['example.com', '*.lan.example.com'],
  },
  sources: ['httproute', 'grpcroute', 'tlsroute'],
  maxDeletes: 10,
  persistence: { size: '2Gi', annotations: { 'example.com/backup': 'daily' } },
  serviceMonitor: { enabled: false, interval: '60s' },
  networkPolicy: { enabled: true },
  resources: { limits: { memory: '192Mi' } },
  nodeSelector: { 'kubernetes.io/os': 'linux' },
};
