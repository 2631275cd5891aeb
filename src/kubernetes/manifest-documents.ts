import { isMap, isNode, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { err, ok, type Result } from '../domain/result.ts';
import { listAt, textAt } from './json-fields.ts';

/** One object of a file, not looked at yet. `line` counts from 1. */
export interface ManifestDocument {
  readonly line: number;
  readonly value: unknown;
}

/** Why a text is no YAML. Both numbers count from 1; `message` is one line. */
export interface ManifestFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads YAML of one or more documents, or JSON. Lists are taken apart; empty documents do not count.
 * @returns the documents, or the first fault: those after it mostly follow from it
 */
export function manifestDocuments(text: string): Result<readonly ManifestDocument[], ManifestFault> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  if (!Array.isArray(parsed)) return ok([]);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [fault] = parsed.flatMap(({ errors }) => errors);
  if (fault !== undefined) {
    const { line, col } = lines.linePos(fault.pos[0]);
    return err({ line, column: col, message: firstLine(fault.message) });
  }
  const documents: ManifestDocument[] = [];
  for (const document of parsed) {
    const line = lineAt(document.contents?.range?.[0] ?? 0);
    try {
      const value: unknown = document.toJS();
      const nodes = isMap(document.contents) ? document.contents.get('items', true) : undefined;
      if (value === null || value === undefined) continue;
      if (textAt(value, 'kind') !== 'List' || !isSeq(nodes)) documents.push({ line, value });
      else {
        for (const [at, item] of listAt(value, 'items').entries()) {
          const node = nodes.items[at];
          documents.push({ line: isNode(node) ? lineAt(node.range?.[0] ?? 0) : line, value: item });
        }
      }
    } catch (cause) {
      // Aliases that would blow up are only found when they are resolved.
      return err({
        line,
        column: 1,
        message: cause instanceof Error ? firstLine(cause.message) : 'it cannot be read',
      });
    }
  }
  return ok(documents);
}

function firstLine(text: string): string {
  return (text.split('\n', 1)[0] ?? text).replace(/:$/, '');
}
