import type { Mutant } from './mutant.ts';

/** Bugs that were never in this program: in how it hears Cloudflare, the API server and the voters. */
export const IMAGINED_BORDER_BUGS: readonly Mutant[] = [
  {
    name: 'what one voter says is believed',
    file: 'ddns/verdict.ts',
    find: 'countOperators(of) >= quorum',
    replace: 'countOperators(of) >= quorum - 1',
    favours: ['voter lies', 'line down', 'route annotated anew'],
  },
  {
    name: 'a refused batch counts as done',
    file: 'cloudflare/cloudflare.ts',
    find: 'return answer.ok ? batchApplied(answer.value.result, writes, zone.id) : answer;',
    replace:
      "if (!answer.ok) return answer.problem.kind === 'invalid' ? { ok: true, value: { updated: [], created: [] } } : answer;\n    return batchApplied(answer.value.result, writes, zone.id);",
    favours: ['write faults'],
  },
  {
    name: 'the pause that a 429 asks for is not kept',
    file: 'cloudflare/gate.ts',
    find: 'this.#budget = paused(this.#budget, forMs, this.#clock.now());',
    replace: 'this.#budget = paused(this.#budget, 0 * forMs, this.#clock.now());',
  },
  {
    name: 'the token is told in an error',
    file: 'cloudflare/caller.ts',
    find: 'const message = token.scrub(describeAnswer(status, envelope));',
    replace: 'const message = token.scrub(String(status)) + describeAnswer(status, envelope);',
  },
  {
    name: 'a watch that expired goes on from where it was',
    file: 'kubernetes/watch-end.ts',
    find: "return kind === 'gone' || kind === 'not-found' ||",
    replace: "return kind === 'not-found' ||",
    favours: ['watch expired', 'lists from a replica behind'],
  },
  {
    name: 'a list of the cluster ends with its first page',
    file: 'kubernetes/list-pages.ts',
    find: '} while (token !== undefined);',
    replace: '} while (token === null);',
    favours: ['route created', 'kill now', 'watch expired'],
  },
  {
    name: 'success:false in a 200 counts as success',
    file: 'cloudflare/caller.ts',
    find: 'if (envelope?.success === true && status >= 200 && status < 300)',
    replace: 'if (envelope !== undefined && status >= 200 && status < 300)',
    also: {
      file: 'cloudflare/cloudflare.ts',
      find: 'return answer.ok ? batchApplied(',
      replace:
        'if (answer.ok && !answer.value.result) return { ok: true, value: { updated: [], created: [] } };\n    return answer.ok ? batchApplied(',
    },
    favours: ['write faults', 'read fault', 'route annotated anew'],
  },
  {
    name: 'a pod without the Lease writes',
    file: 'controller/permitted-change.ts',
    find: "case 'none':\n      return permit.why;",
    replace: "case 'none':\n      return undefined;",
    also: {
      file: 'controller/loop.ts',
      find: "if (this.#world.permit().kind === 'none') return { kind: 'done' };",
      replace: '',
    },
    favours: ['second pod starts', 'cut off from the api server'],
  },
];
