import { describe, expect, it } from 'vitest';
import { Isupport } from './isupport.js';

const read = (...tokens: string[]) => {
  const support = new Isupport();
  support.take(['me', ...tokens, 'are supported by this server']);
  return support;
};

describe('what a server supports', () => {
  it('is read from its tokens', () => {
    expect(
      read('CASEMAPPING=ascii', 'CHANTYPES=#!', 'NICKLEN=31', 'MONITOR=30', 'STATUSMSG=@+', 'AWAYLEN=90'),
    ).toMatchObject({
      caseMapping: 'ascii',
      channelTypes: '#!',
      nickLength: 31,
      monitor: 30,
      statusPrefixes: '@+',
      awayLength: 90,
    });
  });

  it('has defaults, also for MONITOR without a limit and a case mapping nobody knows', () => {
    expect(read()).toMatchObject({ caseMapping: 'rfc1459', channelTypes: '#&', monitor: 0 });
    expect(read('MONITOR', 'CASEMAPPING=klingon')).toMatchObject({ monitor: 100, caseMapping: 'ascii' });
  });

  it('stays in bounds whatever is said', () => {
    const absurd = read(
      ...['NICKLEN=0', 'AWAYLEN=99999999999999', 'MONITOR=-5', 'CHANTYPES=', 'STATUSMSG=abc\u0000', '__PROTO__=x'],
      ...['CONSTRUCTOR=1', '=', '', 'CHANTYPES', 'PREFIX', 'NICKLEN=1e9'],
    );
    expect(absurd.nickLength).toBeGreaterThanOrEqual(9);
    expect(absurd.nickLength).toBeLessThanOrEqual(64);
    expect(absurd.awayLength).toBeLessThanOrEqual(300);
    expect(absurd.monitor).toBeLessThanOrEqual(100);
    expect(absurd.channelTypes).toBe('#&');
    expect(absurd.statusPrefixes).toBe('');
  });
});
