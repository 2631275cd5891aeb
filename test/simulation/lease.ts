import type { Result } from '../../src/domain/result.ts';
import { errorOfAnswer, unreachable, type ApiError } from '../../src/kubernetes/api-error.ts';
import type { ApiRequest } from '../../src/kubernetes/connection.ts';
import { FakeLeases } from '../kubernetes/fake-leases.ts';
import type { SimClock } from './clock.ts';
import type { Random } from './random.ts';

/** By then a call to the API server is given up. */
const CALL_MS = 3_000;
/** So many in a row are no accident. */
const LASTING_REFUSALS = 3;
const VERBS = ['get', 'create', 'update'] as const;

/** An installation's Lease as the API server has it, and who has held it when. */
export class SimLease {
  /** When hands that hold nothing were on it last. */
  meddledAt = Number.NEGATIVE_INFINITY;
  /** Answers that get lost after what they answer was done. */
  lost = 0;
  readonly #clock: SimClock;
  readonly #leases = new FakeLeases();
  readonly #changes: { readonly at: number; readonly holder: string }[] = [];

  constructor(clock: SimClock) {
    this.#clock = clock;
  }

  /** RBAC lets nobody have it. */
  set forbidden(isForbidden: boolean) {
    this.#leases.forbidden = new Set(isForbidden ? VERBS : []);
  }

  /** '' is nobody. */
  get holder(): string {
    const { holder } = this.#leases;
    return typeof holder === 'string' ? holder : '';
  }

  async json(request: ApiRequest): Promise<Result<unknown, ApiError>> {
    const answer = await this.#leases.json(request);
    this.#leases.calls.length = 0;
    this.#note();
    return answer;
  }

  /** A person puts a name of their own there, or takes the object away. */
  meddle(holder: string | undefined): void {
    this.#leases.edit((lease) =>
      holder === undefined ? undefined : { ...lease, spec: { ...lease.spec, holderIdentity: holder } },
    );
    this.meddledAt = this.#clock.elapsed;
    this.#note();
  }

  /** Whether somebody else has held it at any moment since then. */
  heldByAnother(me: string, since: number): boolean {
    const isOther = (holder: string): boolean => holder !== '' && holder !== me;
    let before = '';
    for (const { at, holder } of this.#changes) {
      if (at > since && isOther(before)) return true;
      before = holder;
    }
    return isOther(before);
  }

  #note(): void {
    const { holder } = this;
    if (holder !== (this.#changes.at(-1)?.holder ?? ''))
      this.#changes.push({ at: this.#clock.elapsed, holder });
  }
}

/** How the API server is for one pod at the moment. */
export interface LeaseWay {
  readonly clock: SimClock;
  readonly random: Random;
  /** The pod is no more. */
  readonly isDead: () => boolean;
  /** No API server answers it. */
  readonly isAway: () => boolean;
  /** The answer to every call, where there is one of its own. */
  readonly refuses: () => number | undefined;
}

/** One pod's way to the Lease, and what the pod can know of it by the answers alone. */
export class LeaseLine {
  readonly lease: SimLease;
  /** When the request was begun by which the pod holds it; nothing while it holds nothing. */
  renewedAt: number | undefined;
  /** When the first of the tries began that met no API server. */
  awaySince: number | undefined;
  /** Answers in a row by which it may not have the Lease. */
  refusals = 0;
  /** Until then it writes without a Lease, which it never had. */
  unguardedUntil = Number.NEGATIVE_INFINITY;
  hasHeld = false;
  /** The name under which it holds the Lease. */
  me = '';
  /** Who was seen to hold it last was another pod. */
  #sawAnother = false;
  readonly #way: LeaseWay;

  constructor(lease: SimLease, way: LeaseWay) {
    this.lease = lease;
    this.#way = way;
  }

  readonly json = async (request: ApiRequest): Promise<Result<unknown, ApiError>> => {
    const begun = this.#way.clock.elapsed;
    const answer = await this.#answer(request);
    if (this.#way.isDead()) return new Promise(() => {});
    if (!answer.ok) this.#failed(answer.error, begun);
    else if (request.method === 'GET') this.#read();
    else if (holderIn(request.body) !== '') {
      this.renewedAt = begun;
      this.hasHeld = true;
      this.#met();
    }
    return answer;
  };

  async #answer(request: ApiRequest): Promise<Result<unknown, ApiError>> {
    const { clock, random, isAway, isDead, refuses } = this.#way;
    const isBusy = random.chance(0.2);
    if (isBusy) await clock.sleep(random.between(2, 900));
    if (isDead()) return { ok: false, error: unreachable('it is dead') };
    if (isAway()) {
      await clock.sleep(CALL_MS);
      return { ok: false, error: unreachable(`no answer within ${CALL_MS} ms`) };
    }
    const status = refuses();
    if (status !== undefined) return { ok: false, error: errorOfAnswer(status, '', undefined) };
    const holder = holderIn(request.body);
    if (holder !== '') this.me = holder;
    const answer = await this.lease.json(request);
    if (isBusy) await clock.sleep(random.between(2, 200));
    const isLost = this.lease.lost > 0;
    if (isLost) this.lease.lost -= 1;
    if (!isLost && !isAway()) return answer;
    await clock.sleep(CALL_MS);
    return { ok: false, error: unreachable(`the answer was lost`) };
  }

  #failed({ kind }: ApiError, begun: number): void {
    if (kind === 'conflict' || kind === 'not-found') return;
    if (kind === 'forbidden') {
      this.refusals += 1;
      const isAlone = !this.hasHeld && !this.#sawAnother;
      if (this.refusals >= LASTING_REFUSALS && isAlone) this.unguardedUntil = Number.POSITIVE_INFINITY;
      this.awaySince = undefined;
    } else this.awaySince ??= begun;
  }

  #read(): void {
    const { holder } = this.lease;
    // What is nobody's is taken by the next request of the same try, and until then nothing is lost.
    this.#sawAnother = holder !== this.me && holder !== '';
    if (this.#sawAnother) this.renewedAt = undefined;
    this.#met();
  }

  #met(): void {
    // One try has a request or two, and is thought over once at its end.
    if (this.unguardedUntil === Number.POSITIVE_INFINITY)
      this.unguardedUntil = this.#way.clock.elapsed + 2 * CALL_MS;
    this.refusals = 0;
    this.awaySince = undefined;
  }
}

function holderIn(body: unknown): string {
  const { spec } = (body ?? {}) as { readonly spec?: { readonly holderIdentity?: string } };
  return spec?.holderIdentity ?? '';
}
