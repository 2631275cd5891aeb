/** Our own Pod, by the downward API; without it what regards no source has no Event. */
export function podOf(env: Readonly<Record<string, string | undefined>>) {
  const { POD_NAME: name, POD_NAMESPACE: namespace, POD_UID: uid } = env;
  if (!name || !namespace) return undefined;
  return { name, namespace, ...(uid ? { uid } : {}) };
}
