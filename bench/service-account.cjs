// Loaded before the program (`--require`): shows it the ServiceAccount of BENCH_SERVICE_ACCOUNT where a Pod has its own,
// so that the way in a cluster is measured, and not that of a kubeconfig. It adds no timer and no other module.
const fs = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount';
const directory = process.env.BENCH_SERVICE_ACCOUNT;
for (const name of ['readFile', 'stat']) {
  const real = fs.promises[name];
  fs.promises[name] = (path, ...rest) =>
    real(typeof path === 'string' ? path.replace(MOUNTED, directory) : path, ...rest);
}
syncBuiltinESMExports();
