import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { showOrWatch } from '../../src/cli/watch.ts';
import type { Controller } from '../process/controller.ts';
import { eventually } from '../process/eventually.ts';
import { HOME, Scene } from '../process/scene.ts';
import { capturedContext } from './captured-context.ts';

const APP = 'app.example.com';

let open: Scene | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function scene(): Promise<Scene> {
  open = await Scene.open();
  return open;
}

/** Every line of JSON that it wrote until now. */
function seen(watching: Controller): Readonly<Record<string, unknown>>[] {
  const whole = watching.output.slice(0, watching.output.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('--watch', () => {
  test('records tells in a pipe what came, changed and went, and ends with 0', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const watching = at.start(['records', '--watch']);
    const json = at.start(['records', '--watch', '--output', 'json']);
    await eventually(() => expect(watching.output).toContain(`${APP}  A     ${HOME}`));
    await eventually(() => expect(seen(json)).toMatchObject([{ change: 'new', name: APP }]));
    at.route('other');
    await eventually(() => expect(watching.output).toContain(`+ other.example.com  A  ${HOME}`));
    at.annotate('app', { suspend: 'true' });
    await eventually(() => expect(watching.output).toMatch(/~ app\.example\.com .* suspended/));
    at.unroute('other');
    await eventually(() => expect(watching.output).toMatch(/^- other\.example\.com/m));
    await eventually(() =>
      expect(seen(json).at(-1)).toMatchObject({ change: 'gone', name: 'other.example.com' }),
    );
    expect(await watching.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' });
    expect(await json.kill('SIGTERM')).toMatchObject({ code: 0, stderr: '' });
  });

  test('history adds each line once, however many come', async () => {
    const at = await scene();
    at.route('app');
    await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    const watching = at.start(['history', '--watch', '--limit', '1', '--output', 'json']);
    await eventually(() => expect(seen(watching)).toMatchObject([{ action: 'create', name: APP }]));
    for (const name of ['a', 'b', 'c']) at.route(name);
    await eventually(() => expect(seen(watching)).toHaveLength(4));
    at.unroute('a');
    await eventually(() => expect(seen(watching).at(-1)).toMatchObject({ action: 'delete' }));
    expect(seen(watching).map(({ action }) => action)).toEqual([
      'create',
      'create',
      'create',
      'create',
      'delete',
    ]);
    expect(await watching.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  test('audit shows what disagrees, and ends with 0 though something does', async () => {
    const at = await scene();
    at.route('app');
    const controller = await at.run();
    await at.expectAt(APP, [`A ${HOME}`]);
    await controller.stop();
    const [record] = at.recordsAt(APP);
    at.cloudflare.edit('example.com', record?.id ?? '', { content: '198.51.100.7' });
    const watching = at.start(['audit', '--watch', '--output', 'json']);
    await eventually(() =>
      expect(seen(watching)).toMatchObject([{ change: 'new', kind: 'drifted', name: APP }]),
    );
    expect(await watching.kill('SIGINT')).toMatchObject({ code: 0 });
  });

  test('a ledger that is not there is told, once, and ends it', async () => {
    const at = await scene();
    expect(await at.command(['records', '--watch'])).toMatchObject({ code: 1, stdout: '' });
  });
});

test('on a terminal what is there is drawn anew, until whoever reads goes away', async () => {
  const { context } = capturedContext({ LEDGER_PATH: join(tmpdir(), 'no-ledger.db'), NO_COLOR: '1' }, true);
  const invocation = parseArguments(['records', '--watch']);
  if (invocation.kind !== 'command') throw new Error('not a command');
  let looks = 0;
  const code = await showOrWatch(
    { ...context, args: invocation.args },
    async () => {
      looks += 1;
      if (looks === 2) return 1;
      if (looks === 4) context.stdout.emit('error', new Error('EPIPE'));
      return { text: `look ${looks}\n`, items: [], code: 2 };
    },
    { leastMs: 1, mostMs: 10 },
  );
  expect(code).toBe(0);
  const screens = context.stdout.text.split('\u001B[H\u001B[2J\u001B[3J').slice(1);
  expect(screens.map((screen) => screen.split('\n').at(-2))).toEqual(['look 1', 'look 3']);
});
