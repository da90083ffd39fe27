import fc from 'fast-check';
import { json, text } from './hostile.js';

type Schema = {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
};

const numbers = fc.constantFrom(-1, 0, 1, 1e9, 2 ** 53 + 2, 1.5, -0, 1e300);
const times = fc.constantFrom(
  '1970-01-01T00:00:00Z',
  '2099-12-31T23:59:59.999Z',
  '2026-11-29T12:00:00Z',
  '0000-00-00',
  'now',
);

/** What fits a JSON schema more or less: its shape, with words, numbers and ids of any kind in it, and now and then another shape. */
export function fromSchema(schema: Schema, ids: readonly string[]): fc.Arbitrary<unknown> {
  const go = (one: Schema) => fromSchema(one, ids);
  const sound = (): fc.Arbitrary<unknown> => {
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const some = schema.anyOf ?? schema.oneOf;
    if (some && some.length > 0) return fc.oneof(...some.map(go));
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    switch (type) {
      case 'string':
        if (schema.format === 'uuid')
          return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...ids) }, fc.uuid(), text);
        return schema.format === 'date-time' ? fc.oneof(times, text) : fc.oneof(text, times, fc.constantFrom(...ids));
      case 'integer':
      case 'number':
        return fc.oneof(fc.nat(100), numbers);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'array':
        return fc.array(go(schema.items ?? {}), { maxLength: 4 });
      case 'object': {
        const shape = Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, value]) => [key, go(value)]),
        );
        const required = (schema.required ?? []).filter((key) => key in shape);
        const known = fc.record(shape, { requiredKeys: required });
        if (typeof schema.additionalProperties !== 'object') return known;
        const more = fc.dictionary(
          fc.oneof(fc.constantFrom('__proto__', 'constructor', 'name'), text),
          go(schema.additionalProperties),
          { maxKeys: 4 },
        );
        return fc.tuple(known, more).map(([one, two]) => ({ ...two, ...one }));
      }
      default:
        return json;
    }
  };
  return fc.oneof({ weight: 12, arbitrary: sound() }, { weight: 1, arbitrary: json });
}
