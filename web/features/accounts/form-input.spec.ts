import { expect, test } from 'vitest';
import type { FormField } from '../../lib/api/types';
import { changesOf, inputOf } from './form-input';

const field = (name: string, more: Partial<FormField> = {}): FormField => ({
  name,
  label: name,
  kind: 'text',
  required: false,
  ...more,
});

test('a sign-in leaves out what is empty, and tells numbers as numbers', () => {
  const fields = [field('nick'), field('port', { kind: 'number' }), field('password', { kind: 'password' })];
  expect(inputOf(fields, { nick: ' ada ', port: '6697', password: '' })).toEqual({ nick: 'ada', port: 6697 });
  expect(inputOf(fields, { port: 'many', password: ' a b ' })).toEqual({ port: 'many', password: ' a b ' });
});

test('settings tell what was changed, also that a field was emptied', () => {
  const fields = [
    field('device', { value: 'Parley' }),
    field('key', { kind: 'password' }),
    field('pace', { default: '5' }),
  ];
  expect(changesOf(fields, { device: 'Parley', key: '', pace: '5' })).toEqual({});
  expect(changesOf(fields, { device: '', key: 'secret', pace: '6' })).toEqual({ device: '', key: 'secret', pace: '6' });
});
