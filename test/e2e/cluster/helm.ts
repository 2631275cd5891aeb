import { join, resolve } from 'node:path';
import { attempt, type Answer } from '../tools/command.ts';
import type { Json } from './api.ts';

/** The chart's folder, or the package that E2E_CHART names. */
export const CHART = process.env['E2E_CHART'] || resolve(import.meta.dirname, '../../../chart/routeflare');

/** Helm as a person runs it, with nothing of this machine's own Helm in it. */
export class Helm {
  readonly #binary: string;
  readonly #folder: string;
  readonly #kubeconfig: string;

  /** @param folder for its caches and settings */
  constructor(binary: string, folder: string, kubeconfig: string) {
    this.#binary = binary;
    this.#folder = folder;
    this.#kubeconfig = kubeconfig;
  }

  /** @param values as a values file would hold them; none when absent */
  async run(args: readonly string[], values?: Json): Promise<Answer> {
    const home = Object.fromEntries(
      ['CACHE', 'CONFIG', 'DATA'].map((name) => [`HELM_${name}_HOME`, join(this.#folder, 'helm', name)]),
    );
    return attempt(this.#binary, values === undefined ? args : [...args, '--values', '-'], {
      env: { ...home, KUBECONFIG: this.#kubeconfig },
      ...(values === undefined ? {} : { input: JSON.stringify(values) }),
    });
  }

  /** @returns its standard output. Throws Error with Helm's words when it refuses. */
  async must(args: readonly string[], values?: Json): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, values);
    if (code === 0) return stdout;
    throw new Error(`helm ${args.join(' ')}: ${String(code)}\n${stdout}${stderr}`);
  }
}
