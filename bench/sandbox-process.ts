import { SandboxHost } from './sandbox-host.ts';

/** One call of a method of SandboxHost, and its answer. */
export interface Ask {
  readonly id: number;
  readonly method: Exclude<keyof SandboxHost, 'places'>;
  readonly args: readonly unknown[];
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

const host = await SandboxHost.start();
process.on('message', (message) => {
  void answer(message as Ask);
});
process.on('disconnect', () => process.exit());
process.send?.({ id: 0, value: host.places } satisfies Answer);

async function answer({ id, method, args }: Ask): Promise<void> {
  try {
    const work = host[method] as (...given: readonly unknown[]) => unknown;
    process.send?.({ id, value: await work.apply(host, args as unknown[]) } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: String(error) } satisfies Answer);
  }
}
