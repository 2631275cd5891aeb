// Builds, once, everything of others that the tests with real parts need: `node test/e2e/build.ts [--kubernetes 1.NN]`.
import { parseArgs } from 'node:util';
import { gatewayApiCrds } from './tools/gateway-api.ts';
import { helmBinary } from './tools/helm.ts';
import { kubernetesAssets } from './tools/kubernetes.ts';
import { promtoolBinary } from './tools/promtool.ts';
import { GATEWAY_API } from './tools/versions.ts';

const { values } = parseArgs({ options: { kubernetes: { type: 'string' }, helm: { type: 'string' } } });
for (const version of GATEWAY_API) await gatewayApiCrds({ version, channel: 'standard' });
await helmBinary(values.helm);
await kubernetesAssets(values.kubernetes);
await promtoolBinary();
