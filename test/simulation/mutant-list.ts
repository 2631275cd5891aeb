/** A bug that somebody could well make: one place of the source, changed. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What else must go, since two things hold it: replaced wherever it stands. */
  readonly also?: { readonly file: string; readonly find: string; readonly replace: string };
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no intent is kept before a write',
    file: 'apply/apply.ts',
    find: 'batch.map((change) => writer.openIntent(intentOf(zone, change, at))),',
    replace: 'batch.map(() => 0 * writer.openIntent.length * intentOf(zone, batch[0], at).at.length),',
  },
  {
    name: 'a write in doubt counts as refused',
    file: 'apply/apply.ts',
    find: "const doubtful = problem.kind === 'in-doubt';",
    replace: 'const doubtful = false;',
  },
  {
    name: 'a name is split over two batches',
    file: 'apply/batch.ts',
    find: 'for (const group of groups(changes)) {',
    replace: 'for (const group of changes.map((change) => [change])) {',
  },
  {
    name: 'a record is deleted though its marker is gone',
    file: 'plan/removal.ts',
    find: "if (ownership.kind === 'ours' && ownership.marked) {",
    replace: "if (ownership.kind === 'ours') {",
  },
  {
    name: "another owner's marker is ignored where the ledger has a row",
    file: 'plan/ownership.ts',
    find: 'if (marker.owner !== identity.owner && !identity.formerOwners.includes(marker.owner)) {',
    replace: 'if (marker.owner === "") {',
  },
  {
    name: 'a released record is still written',
    file: 'plan/unread.ts',
    find: "claim.type === want.type && claim.state !== 'released'",
    replace: 'claim.type === want.type',
  },
  {
    name: "a stranger's record does not stand in the way",
    file: 'plan/create.ts',
    find: 'if (standing.length > 0) {',
    replace: 'if (standing.length > 99) {',
  },
  {
    name: 'DELETE_DELAY is skipped',
    file: 'plan/judge.ts',
    find: 'if (due > now) return { ...NOTHING, rows, due };\n  if (unjudged)',
    replace: 'if (unjudged)',
  },
  {
    name: 'a record leaves its zone before the new one stands',
    file: 'plan/judge.ts',
    find: 'if (!confirmed) {',
    replace: 'if (confirmed === undefined) {',
  },
  {
    name: 'proxying that nobody wrote is switched off',
    file: 'plan/fields.ts',
    find: 'if (setting.written || present === undefined || takenAway) return setting.value;',
    replace: 'if (setting.value !== undefined) return setting.value;',
  },
  {
    name: 'caches that were not listed yet are believed',
    file: 'desired/holders.ts',
    find: "return trust.kind === 'current' ? undefined : `${kind} objects are not known: ${trust.why}`;",
    replace: 'return undefined;',
    also: { file: 'controller/loop.ts', find: '!this.#world.cluster.synced()', replace: 'false' },
  },
  {
    name: 'Accepted withdrawn is evidence',
    file: 'desired/attachment.ts',
    find: 'if (names.length === 0) continue;',
    replace: 'if (names.length === 0 || unaccepted !== undefined) continue;',
  },
  {
    name: 'an egress address of the last run is written',
    file: 'desired/targets.ts',
    find: "if (state.status !== 'confirmed') {",
    replace: "if (!('address' in state) || state.address === undefined) {",
  },
  {
    name: 'the brake is ignored',
    file: 'controller/brake.ts',
    find: 'if (together <= input.maxDeletes || together * 2 <= managed) return undefined;',
    replace: 'if (together > 0 || managed > 0) return undefined;',
  },
  {
    name: "another cluster's ledger is believed",
    file: 'controller/brake.ts',
    find: 'if (input.stop !== undefined) return hold(',
    replace: "if (input.stop === '') return hold(",
  },
  {
    name: 'a read that failed counts as empty',
    file: 'controller/observe.ts',
    find: 'if (!names.ok) return names;\n    next = withReads(next, names.value, new Map());',
    replace:
      'const found = names.ok ? names.value : new Map([...reads.names].map((name) => [name, []]));\n    next = withReads(next, found, new Map());',
  },
  {
    name: 'an intent is settled while its write can still land',
    file: 'controller/settle.ts',
    find: '>= 2 * world.settings.callDeadlineMs',
    replace: '>= 0',
  },
  {
    name: 'a lost ledger is not made again from the markers',
    file: 'controller/settle.ts',
    find: 'for (const claim of recovered) {',
    replace: 'for (const claim of recovered.slice(recovered.length)) {',
  },
  {
    name: 'a plan from before a call that failed is carried out',
    file: 'controller/observe.ts',
    find: 'return { plan: makePlan(state.planInput(zone, view)), view, unread: more.problem };',
    replace: 'return { plan, view, unread: more.problem };',
  },
  {
    name: "a person's words are written over",
    file: 'domain/owner.ts',
    find: "return comment.replaceAll(new RegExp(MARKER, 'g'), '').trim();",
    replace: 'return comment.slice(comment.length);',
  },
  {
    name: 'what one voter says is believed',
    file: 'ddns/verdict.ts',
    find: 'countOperators(of) >= quorum',
    replace: 'countOperators(of) >= quorum - 1',
  },
  {
    name: 'a refused batch counts as done',
    file: 'cloudflare/cloudflare.ts',
    find: 'return answer.ok ? batchApplied(answer.value.result, writes, zone.id) : answer;',
    replace:
      "if (!answer.ok) return answer.problem.kind === 'invalid' ? { ok: true, value: { updated: [], created: [] } } : answer;\n    return batchApplied(answer.value.result, writes, zone.id);",
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
    find: "if (error?.kind === 'gone' || error?.kind === 'not-found') return undefined;",
    replace: "if (error?.kind === 'not-found') return undefined;",
  },
  {
    name: 'a list of the cluster ends with its first page',
    file: 'kubernetes/list-pages.ts',
    find: '} while (token !== undefined);',
    replace: '} while (token === null);',
  },
  // From here on: what the simulator found in this program, planted again.
  {
    name: 'the row of an update that landed in silence is not brought up to date',
    file: 'controller/settle.ts',
    find: 'if (row !== undefined) writer.putClaim(row);',
    replace: '',
  },
  {
    name: 'the row of a record that was replaced in silence stays',
    file: 'plan/read.ts',
    find: '    isReplaced;\n',
    replace: '    (isReplaced && false);\n',
  },
  {
    name: 'a deletion that is held waits for approval though its record is gone',
    file: 'plan/read.ts',
    find: "    (fate.kind === 'doomed' && claim.state === 'held') ||\n",
    replace: '',
  },
  {
    name: 'a clock that was set back postpones deletions',
    file: 'plan/judge.ts',
    find: 'doomedAt !== undefined && Date.parse(doomedAt) <= now ?',
    replace: 'doomedAt !== undefined ?',
  },
  {
    name: 'what the list for the first copy shows is not looked at',
    file: 'controller/observe.ts',
    find: 'reads.ids.size === 0 && !isUnseen;',
    replace: 'reads.ids.size === 0;',
  },
  {
    name: 'a zone with nothing but a write in doubt is not looked at',
    file: 'controller/loop.ts',
    find: 'new Set([...claims, ...wants, ...intents])',
    replace: 'new Set([...claims, ...wants])',
  },
  {
    name: 'a record that is wanted again stays given up while its write is refused',
    file: 'plan/rows.ts',
    find: 'if (claim.doomedAt === undefined) return false;',
    replace: 'if (claim.doomedAt !== "") return false;',
  },
  {
    name: 'a deletion is believed while nobody says whether its kind is served',
    file: 'kubernetes/reflector.ts',
    find: 'if (unproven && unserved === undefined && !this.#stopping.signal.aborted) this.relist();',
    replace: '',
  },
  {
    name: 'a kind that is not served is known again when the server fails otherwise',
    file: 'kubernetes/kind-cache.ts',
    find: "if (isRefusal(before) && state.kind === 'failing') return false;",
    replace: '',
  },
];
