import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments, valueOf } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { LOADERS, runCommandLine } from '../../src/cli/commands.ts';
import type { Operands } from '../../src/cli/arguments.ts';
import { capturedContext } from './captured-context.ts';

function argsOf(...argv: string[]): Operands {
  const invocation = parseArguments(argv);
  if (invocation.kind !== 'command') throw new Error(JSON.stringify(invocation));
  return invocation.args;
}

describe('parseArguments', () => {
  it('takes options before, after and between operands, by long and short name', () => {
    const args = argsOf('records', '-n', 'a', '--namespace=b', '-nc', '--wide', '--output', 'json');
    expect(args.values.get('namespace')).toEqual(['a', 'b', 'c']);
    expect(args.flags).toEqual(new Set(['wide']));
    expect(valueOf(args, 'output')).toBe('json');
    expect(argsOf('history', '--limit', '3', 'app.example.com').operands).toEqual(['app.example.com']);
  });

  it('takes what follows -- as operands', () => {
    expect(argsOf('demo', '--keep', '--', '--odd.yaml')).toMatchObject({ operands: ['--odd.yaml'] });
  });

  it('lets a later value overrule', () => {
    expect(valueOf(argsOf('records', '--output', 'json', '--output', 'text'), 'output')).toBe('text');
  });

  it.each([
    [[], 'no command given', 'routeflare help'],
    [['rnu'], 'no command "rnu"', 'lists them'],
    [['record'], 'no command "record"', 'did you mean records?'],
    [['--output', 'json'], '--output stands before', 'the command goes first'],
    [['records', '--zones', 'x'], 'no option --zones', 'routeflare help records'],
    [['records', '--namespac', 'x'], 'no option --namespac', 'did you mean --namespace?'],
    [['records', '--output', 'yaml'], '--output cannot be "yaml"', 'routeflare help records'],
    [['records', '--output'], '--output needs a value: text|json', 'routeflare help records'],
    [['records', '--zone', '--output'], '--zone needs a value', 'routeflare help records'],
    [['records', 'x'], '"x" is one argument too many', 'routeflare help records'],
    [['plan', '--detailed-exitcode=yes'], '--detailed-exitcode takes no value', 'routeflare help plan'],
    [['ledger', 'backup'], 'ledger needs backup FILE|-', 'routeflare help ledger'],
    [['help', 'nothing'], 'no command "nothing"', 'lists them'],
    [['records', '--constructor'], 'no option --constructor', 'routeflare help records'],
  ])('%j is wrong', (argv, message, hint) => {
    const invocation = parseArguments(argv);
    expect(invocation).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it('says where a token belongs, and does not repeat it', () => {
    for (const option of ['--token', '--cloudflare-api-token', '--api-key']) {
      const invocation = parseArguments(['run', `${option}=hunter2-hunter2`]);
      expect(invocation).toMatchObject({
        kind: 'wrong',
        hint: expect.stringContaining('CLOUDFLARE_API_TOKEN'),
      });
      expect(JSON.stringify(invocation)).not.toContain('hunter2');
    }
  });

  it('answers anything that can be typed', () => {
    const word = fc.oneof(
      fc.constantFrom('plan', 'history', '-n', '-nh', '--output', '--output=json', '--', '-', '--help', '-h'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (argv) => {
        expect(['command', 'help', 'wrong']).toContain(parseArguments(argv).kind);
      }),
    );
  });
});

describe('help', () => {
  async function output(...argv: string[]) {
    const { context, ran } = capturedContext();
    return ran(await runCommandLine(argv, context));
  }

  it('lists every command', async () => {
    const { code, out } = await output('help');
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot('help.golden');
    expect((await output('--help')).out).toBe(out);
  });

  it.each(COMMANDS.map(({ name }) => name))('of %s', async (name) => {
    const { code, out } = await output('help', name);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(`help-${name}.golden`);
    expect((await output(name, '--help')).out).toBe(out);
    expect((await output(name, '-h')).out).toBe(out);
  });

  it('fits a terminal of 80 characters', async () => {
    const pages = await Promise.all([output('help'), ...COMMANDS.map(({ name }) => output('help', name))]);
    const lines = pages.flatMap(({ out }) => out.split('\n'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('runCommandLine', () => {
  it('has a module for every command of the table, and no other', () => {
    expect(Object.keys(LOADERS).toSorted()).toEqual(COMMANDS.map(({ name }) => name).toSorted());
  });

  it('answers what the command answers', async () => {
    const { context } = capturedContext();
    const loaders = { plan: async () => async () => 2 };
    expect(await runCommandLine(['plan'], context, loaders)).toBe(2);
  });

  it('tells wrong use on standard error, in one line, and exits 1', async () => {
    const { context, ran } = capturedContext();
    expect(ran(await runCommandLine(['rnu'], context))).toMatchObject({
      code: 1,
      out: '',
      err: 'routeflare: there is no command "rnu" (routeflare help lists them)\n',
    });
  });

  it('tells the version by its command and by the usual option', async () => {
    for (const argv of [['version'], ['--version']]) {
      const { context, ran } = capturedContext();
      expect(ran(await runCommandLine(argv, context))).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      });
    }
  });
});
