import type { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { HttpProblem } from './problem.js';

/** Parses one part of a request; every mistake is named by its field. */
export function parse(schema: z.ZodType, given: unknown): unknown {
  const unstorable = badText(given, []);
  if (unstorable !== undefined) throw invalid({ [unstorable]: 'must be well-formed text without NUL' });
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const mistakes = mistakesOf(result.error.issues, []);
  throw invalid(Object.fromEntries(mistakes.map(({ path, message }) => [nameOf(path), message]).reverse()));
}

/** An address with an id that cannot be one is as unknown as any other wrong address. */
export function parsePath(schema: z.ZodType, given: unknown): unknown {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  if (result.error.issues.some((issue) => issue.path[0] === 'id'))
    throw new DomainError('not-found', 'not-found', 'There is nothing with this id.');
  return parse(schema, given);
}

type Mistake = { path: PropertyKey[]; message: string };

/** Of something that may have one of several shapes, those of the shape that it comes nearest to. */
function mistakesOf(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[]): Mistake[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
    const shapes = issue.errors.map((inner) => mistakesOf(inner, path));
    const [nearest] = shapes.sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length);
    return nearest && nearest.length > 0 ? nearest : [{ path, message: issue.message }];
  });
}

const depthOf = (mistakes: readonly Mistake[]): number => Math.max(0, ...mistakes.map(({ path }) => path.length));

const nameOf = (path: PropertyKey[]): string => (path.length === 0 ? 'body' : path.map(String).join('.'));

const invalid = (fields: Record<string, string>) =>
  new HttpProblem(422, 'invalid', 'Some of the input is not valid; see "errors".', { fields });

/** PostgreSQL's text holds neither NUL nor half a surrogate pair. Answers the path of the first such text. */
function badText(value: unknown, path: string[]): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? nameOf(path) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (path.length > 32) return nameOf(path);
  for (const [key, inner] of Object.entries(value)) {
    const found = key.includes('\0') || !key.isWellFormed() ? nameOf(path) : badText(inner, [...path, key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
