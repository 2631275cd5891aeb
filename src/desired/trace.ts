import type { Hostname } from '../domain/hostname.ts';
import type { RecordType } from '../domain/record.ts';
import type { SourceRef } from '../domain/source.ts';
import type { World } from './world.ts';

/** The decisions on the way from a source to a record, in their order; docs/commands.md, "explain". */
export const CHECK_NAMES = [
  'source',
  'suspend',
  'annotations',
  'content-mode',
  'hostname',
  'listener',
  'refusal',
  'zone',
  'parent',
  'content',
  'require-ready',
  'conflict',
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** One decision as it was taken. Without a name it is about all names of the source, without a type about all types. */
export interface Step {
  readonly source: SourceRef;
  readonly check: CheckName;
  readonly passed: boolean;
  readonly evidence: string;
  readonly name?: Hostname;
  readonly type?: RecordType;
}

/** Is told of each decision while it is taken. */
export type Trace = (step: Step) => void;

/** Tells the trace, if there is one; the evidence is put in words only then. */
export function note(
  at: { readonly source: SourceRef; readonly world: Pick<World, 'input'> },
  check: CheckName,
  passed: boolean,
  evidence: () => string,
  where: { readonly name?: Hostname; readonly type?: RecordType } = {},
): void {
  const { trace } = at.world.input;
  trace?.({ source: at.source, check, passed, evidence: evidence(), ...where });
}
