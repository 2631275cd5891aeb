import { describe, expect, it } from 'vitest';
import { publicIpVoter, type PublicIp } from '../../src/ddns/public-ip-voter.ts';

const NEVER = new AbortController().signal;

/** Stands in for the package: each question stays open until it is answered here. */
class FakePackage implements PublicIp {
  readonly asked: { family: 4 | 6; onlyHttps: boolean }[] = [];
  #open: PromiseWithResolvers<string>[] = [];

  readonly publicIpv4 = async ({ onlyHttps }: { onlyHttps: boolean }) => this.#ask(4, onlyHttps);
  readonly publicIpv6 = async ({ onlyHttps }: { onlyHttps: boolean }) => this.#ask(6, onlyHttps);

  async #ask(family: 4 | 6, onlyHttps: boolean): Promise<string> {
    this.asked.push({ family, onlyHttps });
    const question = Promise.withResolvers<string>();
    this.#open.push(question);
    return question.promise;
  }

  async settle(how: (question: PromiseWithResolvers<string>) => void): Promise<void> {
    await new Promise(setImmediate);
    for (const question of this.#open.splice(0)) how(question);
    await new Promise(setImmediate);
  }
}

function fake(family: 4 | 6, deadlineMs = 5_000) {
  const pack = new FakePackage();
  return { pack, voter: publicIpVoter(family, async () => pack, deadlineMs) };
}

describe('public-ip', () => {
  it.each([4, 6] as const)('is asked for IPv%i over HTTPS only', async (family) => {
    const { pack, voter } = fake(family);
    const vote = voter.ask(NEVER);
    await pack.settle(({ resolve }) => resolve('81.2.69.142'));
    expect(await vote).toEqual({
      voter: 'public-ip',
      operator: 'cloudflare-or-ipify',
      address: '81.2.69.142',
    });
    expect(pack.asked).toEqual([{ family, onlyHttps: true }]);
  });

  it('is not asked again while an old question may be alive', async () => {
    const { pack, voter } = fake(4, 20);
    expect((await voter.ask(NEVER)).refused).toMatch(/in time/);
    expect((await voter.ask(NEVER)).refused).toMatch(/under way/);
    expect(pack.asked).toHaveLength(1);
    await pack.settle(({ reject }) => reject(new Error('too late')));
    void voter.ask(NEVER);
    await new Promise(setImmediate);
    expect(pack.asked).toHaveLength(2);
  });

  it.each([new AggregateError([]), new DOMException('', 'TimeoutError'), 'no error at all'])(
    'refuses when it fails with %s',
    async (failure) => {
      const { pack, voter } = fake(4);
      const vote = voter.ask(NEVER);
      await pack.settle(({ reject }) => reject(failure));
      expect((await vote).refused).toMatch(/found no address/);
    },
  );

  it('refuses what is no address', async () => {
    const { pack, voter } = fake(6);
    const vote = voter.ask(NEVER);
    await pack.settle(({ resolve }) => resolve('fe80::1%eth0'));
    expect((await vote).refused).toMatch(/not an IP address/);
  });

  it('stops when it is told to, and is not started afterwards', async () => {
    const { pack, voter } = fake(4);
    const stop = new AbortController();
    const vote = voter.ask(stop.signal);
    stop.abort();
    expect((await vote).refused).toMatch(/given up/);
    await pack.settle(({ resolve }) => resolve('81.2.69.142'));
    expect((await voter.ask(stop.signal)).refused).toMatch(/given up/);
    expect(pack.asked).toHaveLength(1);
  });

  it('is what the installed package offers', async () => {
    const installed = await import('public-ip');
    expect([typeof installed.publicIpv4, typeof installed.publicIpv6]).toEqual(['function', 'function']);
  });
});
